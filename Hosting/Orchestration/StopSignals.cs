using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Orchestration;

/// <summary>What signals to the AppHost mean beyond what .NET's host makes of them.</summary>
internal sealed partial class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly IHostApplicationLifetime _lifetime;
    private readonly StackControl _control;
    private readonly ILogger _logger;
    private Task _restarting = Task.CompletedTask;

    public StopSignals(IHostApplicationLifetime lifetime, StackControl control, ILogger logger)
    {
        _lifetime = lifetime;
        _control = control;
        _logger = logger;
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt));
        if (!OperatingSystem.IsWindows())
        {
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp));
        }
    }

    public void Dispose() => _signals.ForEach(s => s.Dispose());

    // .NET's host turns the first Ctrl+C into an orderly stop; a second one while that goes on means: now.
    private void OnInterrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_lifetime.ApplicationStopping.IsCancellationRequested)
        {
            LogKilled();
            _control.KillAll();
        }
    }

    private void OnHangUp(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_lifetime.ApplicationStopping.IsCancellationRequested)
        {
            LogIgnored("the stack is being stopped");
        }
        else if (_control.IsDevelopment)
        {
            // The terminal was closed.
            _lifetime.StopApplication();
        }
        else if (_restarting.IsCompleted)
        {
            LogRestarting();
            _restarting = RestartAsync();
        }
        else
        {
            LogIgnored("the restart before it is still going on");
        }
    }

    private async Task RestartAsync()
    {
        try
        {
            var outcomes = await _control.RestartReplicatedAsync(_lifetime.ApplicationStopping).ConfigureAwait(false);
            foreach (var failed in outcomes.Where(o => !o.Succeeded))
            {
                LogNotRestarted(failed.Message);
            }
        }
        catch (OperationCanceledException) when (_lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The stop goes before it.
        }
        catch (Exception e)
        {
            LogRestartFailed(e);
        }
    }

    [LoggerMessage(3103, LogLevel.Warning, "Interrupted again: ending all processes at once.")]
    private partial void LogKilled();

    [LoggerMessage(3107, LogLevel.Information, "Hang-up signal: restarting all that has several replicas, one after another.")]
    private partial void LogRestarting();

    [LoggerMessage(3108, LogLevel.Information, "Hang-up signal ignored: {Reason}.")]
    private partial void LogIgnored(string reason);

    [LoggerMessage(3109, LogLevel.Error, "Restart after a hang-up signal: {Reason}")]
    private partial void LogNotRestarted(string? reason);

    [LoggerMessage(3110, LogLevel.Error, "The restart after a hang-up signal failed.")]
    private partial void LogRestartFailed(Exception exception);
}
