using Aspire.Hosting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;

namespace Stack.Hosting.Orchestration;

/// <summary>Makes the first key of the ring that all replicas share, before they start. Replicas that start together on an empty folder would each make one, and after its first two minutes a replica does not look for keys of others.</summary>
internal static class KeyRing
{
    // ASP.NET Core's own numbers: a key lives 90 days, and its successor is made two days before its end.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);
    private static readonly TimeSpan Succession = TimeSpan.FromDays(2);
    private static readonly Lock Making = new();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>As <see cref="EnsureKey"/>, one AppHost at a time: the folder may be shared. The sites' own <c>--create-keys</c> locks the same file.</summary>
    /// <exception cref="DistributedApplicationException">The folder can't be used; nothing was started.</exception>
    public static async Task EnsureSharedAsync(StateFolder state, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var folder = state.Keys;
            using var mine = await LockAsync(Path.Combine(folder, ".create-keys.lock"), time, cancellationToken).ConfigureAwait(false);
            EnsureKey(folder, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The key ring of the sites can't be used: {e.Message} Make its folder writable for user '{Environment.UserName}' alone (mode 0700), or name another one with Stack:Keys.", e);
        }
    }

    private static async Task<FileStream> LockAsync(string file, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var start = time.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(file) && time.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(LookAgain, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Adds a key unless the folder has one that is good for longer than it takes a successor to become known.</summary>
    public static void EnsureKey(string folder, TimeProvider time)
    {
        using var services = new ServiceCollection()
            .AddDataProtection()
            .PersistKeysToFileSystem(new DirectoryInfo(folder))
            .Services.BuildServiceProvider();
        var keys = services.GetRequiredService<IKeyManager>();
        var now = time.GetUtcNow();
        if (!keys.GetAllKeys().Any(k => !k.IsRevoked && k.ActivationDate <= now && k.ExpirationDate > now + Succession))
        {
            keys.CreateNewKey(now, now + Lifetime);
        }
    }

    /// <summary>
    /// The ring of resources that run as another user: a folder of their own beside ours, since ASP.NET Core lets nobody but a key's writer read it, and since who takes over such
    /// a resource must not get the keys of the others. Made once, first key included; from then on it is the user's, and not looked into as root.
    /// </summary>
    /// <exception cref="LaunchException">It can't be made.</exception>
    public static string EnsureFor(Account account, StateFolder state, TimeProvider time)
    {
        var folder = state.KeysOf(account.Name);
        lock (Making)
        {
            if (Directory.Exists(folder))
            {
                return folder;
            }

            var draft = state.EnsureEmpty($"{folder}.new");
            EnsureKey(draft, time);
            foreach (var path in Directory.GetFiles(draft).Append(draft))
            {
                account.TakeOver(path);
            }

            Directory.Move(draft, folder);
            return folder;
        }
    }
}
