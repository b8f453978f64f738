using System.Globalization;
using System.Runtime.InteropServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Traffic;

/// <summary>The process that the engine supervises as Nginx: the master itself, or the engine's client, which passes signals on to it.</summary>
/// <param name="name">Name of the resource.</param>
/// <param name="notifications">Knows its process.</param>
/// <param name="isMaster">False: it is the client of a container's engine, and the workers are not below it.</param>
/// <param name="time">The clock.</param>
internal sealed class NginxMaster(string name, ResourceNotificationService notifications, bool isMaster, TimeProvider time) : IMaster
{
    private const string PidProperty = "executable.pid";
    private const int Hangup = 1;
    private const int User1 = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    // Through an engine it takes longer, and there is nothing to be seen of it.
    private static readonly TimeSpan PauseOfContainer = TimeSpan.FromMilliseconds(500);

    /// <summary>The process, for as long as the resource's state does not tell one.</summary>
    public int? LeftRunning { get; set; }

    public bool IsRunning => Pid() is not null;

    public async Task<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        if (Pid() is not { } pid)
        {
            return false;
        }

        var before = Workers(pid);
        if (Kill(pid, Hangup) != 0)
        {
            return false; // it has ended meanwhile
        }

        if (!isMaster)
        {
            await Task.Delay(PauseOfContainer, time, cancellationToken).ConfigureAwait(false);
            return true;
        }

        var start = time.GetTimestamp();
        while (!Workers(pid).Except(before).Any() || before.Exists(Accepts))
        {
            if (time.GetElapsedTime(start) > Limit)
            {
                throw new DistributedApplicationException($"Nginx '{name}' did not take its new configuration within {Limit.TotalSeconds:0} s. What it says: 'stack logs {name}'.");
            }

            if (!Directory.Exists($"/proc/{pid}"))
            {
                return false;
            }

            await Task.Delay(LookAgain, time, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Lets Nginx open its log files anew. Where it does not run there is nothing to do: its next start opens them.</summary>
    public void ReopenLogs()
    {
        if (Pid() is { } pid)
        {
            _ = Kill(pid, User1); // ended meanwhile: as if it did not run
        }
    }

    private int? Pid()
        => notifications.TryGetCurrentState(name, out var current) && current.Snapshot.Properties.FirstOrDefault(p => p.Name == PidProperty)?.Value is { } value
            ? Convert.ToInt32(value, CultureInfo.InvariantCulture)
            : LeftRunning;

    private static List<int> Workers(int master)
        => [.. (Read($"/proc/{master}/task/{master}/children") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];

    // Nginx writes into a worker's title what it does.
    private static bool Accepts(int worker) => Read($"/proc/{worker}/cmdline") is { Length: > 0 } title && !title.Contains("is shutting down", StringComparison.Ordinal);

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim('\n', '\0');
        }
        catch (IOException)
        {
            return null; // it is gone
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
