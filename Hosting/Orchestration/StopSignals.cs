using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Orchestration;

/// <summary>What signals to the AppHost mean beyond what .NET's host makes of them.</summary>
internal sealed partial class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly ILogger _logger;

    public StopSignals(IHostApplicationLifetime lifetime, StackControl control, ILogger logger)
    {
        _logger = logger;

        // .NET's host turns the first Ctrl+C into an orderly stop; a second one while that goes on means: now.
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            if (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                LogKilled();
                control.KillAll();
            }
        }));
        if (!OperatingSystem.IsWindows() && control.IsDevelopment)
        {
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                lifetime.StopApplication();
            }));
        }
    }

    public void Dispose() => _signals.ForEach(s => s.Dispose());

    [LoggerMessage(3103, LogLevel.Warning, "Interrupted again: ending all processes at once.")]
    private partial void LogKilled();
}
