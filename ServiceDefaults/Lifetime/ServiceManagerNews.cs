using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.ServiceDefaults.Health;

namespace Stack.ServiceDefaults.Lifetime;

/// <summary>Tells the service manager when the site is ready to serve, that it is alive, and when it stops.</summary>
internal sealed partial class ServiceManagerNews(
    ServiceManager manager, HealthCheckService health, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ServiceManagerNews> logger) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    private int _unheard;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            await ListensAsync(stopping.Token);
            await Task.WhenAll(TellReadyAsync(stopping.Token), TellAliveAsync(stopping.Token));
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            Tell("STOPPING=1");
        }
    }

    private async Task ListensAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }

    private async Task TellReadyAsync(CancellationToken cancellationToken)
    {
        while (!await IsWellAsync(live: false, cancellationToken))
        {
            await Task.Delay(LookAgain, time, cancellationToken);
        }

        Tell("READY=1");
    }

    private async Task TellAliveAsync(CancellationToken cancellationToken)
    {
        if (manager.Watchdog is not { } limit)
        {
            return;
        }

        using var beat = new PeriodicTimer(limit / 2, time);
        do
        {
            if (await IsWellAsync(live: true, cancellationToken))
            {
                Tell("WATCHDOG=1");
            }
        }
        while (await beat.WaitForNextTickAsync(cancellationToken));
    }

    // As the two endpoints have it, but without a connection: a busy server is not a hung one.
    private async Task<bool> IsWellAsync(bool live, CancellationToken cancellationToken)
        => (await health.CheckHealthAsync(check => !live || check.Tags.Contains(HealthSetup.LiveTag), cancellationToken)).Status != HealthStatus.Unhealthy;

    private void Tell(string message)
    {
        try
        {
            manager.Tell(message);
        }
        catch (SocketException failure) when (Interlocked.Exchange(ref _unheard, 1) == 0)
        {
            LogUnheard(manager.Address, message, failure.Message);
        }
        catch (SocketException)
        {
            // Said once.
        }
    }

    [LoggerMessage(9502, LogLevel.Warning, "The service manager at '{Address}' (NOTIFY_SOCKET) could not be told {Message}: {Reason}. This is said once.")]
    private partial void LogUnheard(string address, string message, string reason);
}

/// <summary>Adds the news where a service manager wants them.</summary>
internal static class ServiceManagerSetup
{
    public static void AddServiceManagerNews(this IHostApplicationBuilder builder)
    {
        if (ServiceManager.From(builder.Configuration) is { } manager)
        {
            builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<ServiceManagerNews>(services, manager));
        }
    }
}
