using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Supervision.Posix;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision.Portable;

/// <summary>A child that System.Diagnostics.Process has started. It leads no group: signals reach it alone, and KILL its descendants as far as they can be found.</summary>
internal sealed partial class PortableProcess : IInstanceProcess, IDisposable
{
    private const int SignalBase = 128;
    private const int LastSignal = 64;

    // A descendant that holds the output open must not hold up the news of the end.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Process _process;
    private readonly Strays _strays;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource<ExitFacts> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _copying = Task.CompletedTask;
    private bool _ended;

    public PortableProcess(Process process, Strays strays, ILogger logger)
    {
        _process = process;
        _strays = strays;
        _logger = logger;

        // By this event only: a wait for the end with redirected output waits for the output's end too.
        process.Exited += (_, _) => _ = FinishAsync();
    }

    public int Pid { get; private set; }

    // Of no use to the next AppHost: what leads no group is not taken over.
    public ProcessIdentity Identity => new(Pid, OperatingSystem.IsLinux() ? ProcessTable.Find(Pid)?.StartTicks ?? 0 : 0, OperatingSystem.IsLinux() ? ProcessTable.BootId : "");

    public Task<ExitFacts> Exited => _exited.Task;

    /// <param name="output">Takes what it writes; null: that goes there by itself.</param>
    /// <param name="keepsInput">True: standard input ends with this process.</param>
    public void Start(FileStream? output, bool keepsInput)
    {
        _process.Start();
        Pid = _process.Id;
        if (_process.StartInfo.RedirectStandardInput && !keepsInput)
        {
            _process.StandardInput.Close();
        }

        if (output is not null)
        {
            _copying = CopyAsync(output);
        }

        _started.SetResult();
    }

    /// <summary>For one that could not be started; otherwise its end is enough.</summary>
    public void Dispose() => _process.Dispose();

    public bool Signal(int signal, bool leaderOnly = false)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return true;
            }

            if (signal == SignalNames.Kill)
            {
                // Half a second of looking for descendants; who signals does not wait for that.
                _ = Task.Run(KillTree);
                return true;
            }

            if (OperatingSystem.IsWindows())
            {
                // No signals there: the end of its input asks a site to stop.
                if (_process.StartInfo.RedirectStandardInput)
                {
                    _process.StandardInput.Close();
                }

                return true;
            }

            return Libc.Kill(Pid, signal) == 0 || Marshal.GetLastPInvokeError() != Libc.PermissionDenied;
        }
    }

    public bool OwnsListener(int port)
        => !OperatingSystem.IsLinux() || (PortPreflight.FindHolder(port) is { } holder && (holder.Pid is not { } pid || ProcessTable.DescendsFrom(pid, Pid)));

    private void KillTree()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended meanwhile, or a descendant was not to be reached.
            LogKillFailed(_logger, e, Pid);
        }
    }

    private async Task CopyAsync(FileStream output)
    {
        await using (output.ConfigureAwait(false))
        {
            await Task.WhenAll(ChildOutput.CopyAsync(_process.StandardOutput.BaseStream, output), ChildOutput.CopyAsync(_process.StandardError.BaseStream, output)).ConfigureAwait(false);
        }
    }

    private async Task FinishAsync()
    {
        var exit = new ExitFacts(ExitKind.Unknown, 0);
        try
        {
            // The end may be told before Start has returned.
            await _started.Task.ConfigureAwait(false);
            lock (_lock)
            {
                _ended = true;
                exit = Facts(_process.ExitCode);
            }

            await _copying.WaitAsync(DrainLimit, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogOutputHeld(_logger, Pid);
        }
        catch (Exception e)
        {
            LogEndFailed(_logger, e, Pid);
        }
        finally
        {
            await EndStraysAsync().ConfigureAwait(false);
            Dispose();
            _exited.SetResult(exit);
        }
    }

    private async Task EndStraysAsync()
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                await _strays.EndAsync(_logger).ConfigureAwait(false);
            }
        }
        catch (IOException e)
        {
            LogEndFailed(_logger, e, Pid);
        }
    }

    // .NET reports a death by signal as a shell does, so a program that itself ends with such a code looks the same.
    private static ExitFacts Facts(int code) => !OperatingSystem.IsWindows() && code is > SignalBase and <= SignalBase + LastSignal
        ? new ExitFacts(ExitKind.Signal, code - SignalBase)
        : new ExitFacts(ExitKind.Code, code);

    [LoggerMessage(2160, LogLevel.Debug, "Process {Pid} or a descendant of it could not be ended.")]
    private static partial void LogKillFailed(ILogger logger, Exception exception, int pid);

    [LoggerMessage(2161, LogLevel.Warning, "Process {Pid} has ended, but a process that it started holds its output open: what that one writes is no longer kept.")]
    private static partial void LogOutputHeld(ILogger logger, int pid);

    [LoggerMessage(2162, LogLevel.Error, "Process {Pid} has ended, but not all that belongs to its end could be done.")]
    private static partial void LogEndFailed(ILogger logger, Exception exception, int pid);
}
