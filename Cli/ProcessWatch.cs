using System.Diagnostics;

namespace Stack.Cli;

/// <summary>Tells whether one process, of which we are not the parent, is still there; a process that got its number later does not count.</summary>
internal sealed class ProcessWatch
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly int _pid;
    private readonly string? _startTicks;

    public ProcessWatch(int pid)
    {
        _pid = pid;
        _startTicks = ReadStat(pid)?.StartTicks;
    }

    public bool HasEnded
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return !IsRunning(_pid);
            }

            // A zombie has ended; its parent may never ask for it.
            return ReadStat(_pid) is not { } stat || stat.State is 'Z' or 'X' || stat.StartTicks != _startTicks;
        }
    }

    /// <summary>Completes when the process has ended.</summary>
    public async Task WaitAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        while (!HasEnded)
        {
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private static (char State, string StartTicks)? ReadStat(int pid)
    {
        try
        {
            // pid (command) state ppid …: the command may hold anything, so begin behind its last bracket. The start is field 22, the state field 3.
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], fields[19]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsRunning(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
