using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>Whose containers these are: the AppHost, the same in each run, and this run of it.</summary>
internal sealed class ContainerOwner
{
    public const string AppHostLabel = "stack.apphost";
    public const string OwnerLabel = "stack.owner";
    public const string ResourceLabel = "stack.resource";
    public const string LifetimeLabel = "stack.lifetime";

    /// <summary>Hash of a persistent container's configuration.</summary>
    public const string ConfigurationLabel = "stack.configuration";

    /// <summary>Ports of this machine that a persistent container has, by endpoint.</summary>
    public const string PortsLabel = "stack.ports";

    public const string SessionLifetime = "session";
    public const string PersistentLifetime = "persistent";

    private const int ShortLength = 8;
    private const int StartTimeField = 19; // the 22nd of /proc/<pid>/stat; the first two are cut off
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    private ContainerOwner(string appHost) => AppHost = appHost;

    /// <summary>Hash that stands for the AppHost.</summary>
    public string AppHost { get; }

    /// <summary>The beginning of that hash, for names.</summary>
    public string Short => AppHost[..ShortLength];

    /// <summary>This process: its id and when it began, since ids come again.</summary>
    public string Process { get; } = $"{Environment.ProcessId}-{StartTime(Environment.ProcessId)}";

    /// <summary>Letters that tell this run's names from those of others.</summary>
    public string Session { get; } = RandomLetters();

    public static ContainerOwner Read(IConfiguration configuration, string appHostDirectory)
        => new(configuration["AppHost:Sha256"] is { Length: >= ShortLength } sha ? sha.ToLowerInvariant() : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(appHostDirectory))));

    public static string RandomLetters() => RandomNumberGenerator.GetString(Letters, ShortLength);

    /// <summary>True when the process that made something still runs.</summary>
    public static bool IsAlive(string owner)
        => owner.Split('-') is [var pid, var started] && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && StartTime(id) == started;

    private static string StartTime(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ')[StartTimeField];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
