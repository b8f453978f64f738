using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Stack.ServiceDefaults.Keys;

namespace Stack.ServiceDefaults.Commands;

/// <summary>Makes the first key of the ring before the replicas start: several that made it at once would each begin with one of their own.</summary>
internal static class CreateKeysCommand
{
    private const string LockFile = ".create-keys.lock"; // stays: whoever removed it could remove the one that another process has just locked
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(string? folder, TimeProvider time, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(folder))
        {
            return StackCommands.Refuse(error, $"--create-keys makes a key in the folder that {KeyRing.Variable} names, but {KeyRing.Variable} is not set.");
        }

        try
        {
            Create(folder);
            await using var mine = await LockAsync(folder, time, cancellationToken);
            var before = Count(folder);
            MakeKeyIfNoneCanBeUsed(folder);
            var after = Count(folder);
            await output.WriteLineAsync(after > before ? $"A key was made in '{folder}'." : $"'{folder}' has a key already.");
            return StackCommands.Done;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or TimeoutException)
        {
            await error.WriteLineAsync($"User '{Environment.UserName}' can't make a key in '{folder}': {failure.Message} "
                + $"Give the user the folder (mode 0700), or set {KeyRing.Variable} to another one.");
            return StackCommands.Failed;
        }
    }

    private static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }

    private static async Task<FileStream> LockAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, LockFile);
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held) when (File.Exists(file))
            {
                if (time.GetElapsedTime(start) > Patience)
                {
                    throw new TimeoutException($"Another process has held '{file}' for {Patience.TotalSeconds} s.", held);
                }

                await Task.Delay(LookAgain, time, cancellationToken);
            }
        }
    }

    private static void MakeKeyIfNoneCanBeUsed(string folder)
    {
        using var services = new ServiceCollection().AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(folder)).Services.BuildServiceProvider();
        services.GetRequiredService<IDataProtectionProvider>().CreateProtector("Stack").Protect([]);
    }

    private static int Count(string folder) => Directory.GetFiles(folder, "key-*.xml").Length;
}
