using System.Security.Cryptography;
using System.Text.Json;
using Aspire.Hosting;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Orchestration;

/// <summary>The folder that keeps what outlives a run: logs, keys, telemetry, secrets. Locked while an AppHost uses it.</summary>
internal sealed class StateFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly FileStream _lock;

    private readonly string _keys;

    private StateFolder(string path, string? keys, FileStream @lock)
    {
        Path = path;
        _keys = keys ?? System.IO.Path.Combine(path, "keys");
        _lock = @lock;
    }

    public string Path { get; }

    public string Logs => Ensure("logs");

    /// <summary>The key ring of the sites; may be a folder elsewhere that several AppHosts share.</summary>
    public string Keys => Ensure(_keys);

    /// <summary>Where that of the resources is that run as another user: beside the AppHost's own.</summary>
    public string KeysOf(string user) => $"{_keys}-{user}";

    /// <summary>Pipes of the guards of containers.</summary>
    public string Containers => Ensure("containers");

    /// <summary>What is kept of the replicas for the next AppHost.</summary>
    public InstanceRecordStore Records => InstanceRecordStore.Open(Path);

    /// <summary>Published versions of the sites, a folder for each site; made when there is one.</summary>
    public string Releases => System.IO.Path.Combine(Path, "releases");

    public string Telemetry => Ensure("telemetry");

    /// <summary>Creates the folder where needed and locks it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="keys">Full path of the folder that keeps the key ring; null: one in it.</param>
    /// <exception cref="DistributedApplicationException">Another AppHost uses it (named), or it can't be written.</exception>
    public static StateFolder Open(string path, string? keys = null)
    {
        var file = System.IO.Path.Combine(path, "lock");
        try
        {
            // The folder itself can be passed through: Nginx's workers, which run as another user, look for files below it. What is secret has a folder or a file of its own that can't.
            Directory.CreateDirectory(path);
            var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(PidFile(path), $"{Environment.ProcessId}\n");
            return new StateFolder(path, keys, stream);
        }
        catch (IOException e) when (Holder(path) is { } holder)
        {
            throw new DistributedApplicationException(
                $"The state folder '{path}' is in use by another AppHost, process {holder}. Stop that one with './stack down', or give this one another folder with Stack:State.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The state folder '{path}' can't be used: {e.Message} Make it writable for this user, or name another with Stack:State.", e);
        }
    }

    /// <summary>The keys that AppHost, dashboard and replicas share: made once, kept for the owner only.</summary>
    public StackSecrets LoadSecrets()
    {
        var file = System.IO.Path.Combine(Path, "secrets.json");
        if (File.Exists(file) && JsonSerializer.Deserialize<StackSecrets>(File.ReadAllText(file)) is { } kept)
        {
            return kept;
        }

        var made = new StackSecrets(NewKey(), NewKey(), NewKey());
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var draft = $"{file}.new";
        using (var stream = new FileStream(draft, options))
        {
            JsonSerializer.Serialize(stream, made);
        }

        File.Move(draft, file, overwrite: true);
        return made;
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>A folder for the owner only, with nothing in it.</summary>
    public string EnsureEmpty(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return Ensure(folder);
    }

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    // The lock file itself can't be read while it is locked.
    private static string PidFile(string path) => System.IO.Path.Combine(path, "supervisor.pid");

    private static string? Holder(string path)
        => File.Exists(PidFile(path)) && File.ReadAllText(PidFile(path)).Trim() is { Length: > 0 } pid && Directory.Exists($"/proc/{pid}") ? pid : null;

    private string Ensure(string name)
    {
        var folder = System.IO.Path.Combine(Path, name);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }

        return folder;
    }
}

/// <summary>The keys that AppHost, dashboard and replicas share.</summary>
/// <param name="OtlpApiKey">Sent by the replicas with their telemetry.</param>
/// <param name="BrowserToken">Signs a browser in to the dashboard.</param>
/// <param name="DashboardApiKey">Key of the dashboard's telemetry API.</param>
internal sealed record StackSecrets(string OtlpApiKey, string BrowserToken, string DashboardApiKey);
