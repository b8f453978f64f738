using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Stack.Hosting.Building;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Publishing;

namespace Aspire.Hosting;

/// <summary>An application: what its builder declared, running or being published.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;

    /// <summary>Makes an application of a host that a builder of this library built.</summary>
    /// <param name="host">The host.</param>
    public DistributedApplication(IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
    }

    /// <inheritdoc/>
    public IServiceProvider Services => _host.Services;

    /// <summary>The snapshots of all resources.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>Calls commands of resources.</summary>
    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    /// <summary>Creates a builder without a command line.</summary>
    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    /// <summary>Creates a builder.</summary>
    /// <param name="args">The command line.</param>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => CreateBuilder(new DistributedApplicationOptions { Args = args });

    /// <summary>Creates a builder.</summary>
    /// <param name="options">How.</param>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options)
    {
        UnhandledErrors.EndWithOneMessage();
        if (OperatingSystem.IsLinux())
        {
            // Before any child process: the gateway looks for engines by running them.
            Stack.Hosting.Supervision.Posix.ChildSignal.ResetIfIgnored();
        }

        return new DistributedApplicationBuilder(options);
    }

    /// <summary>Runs the application and returns when it has stopped.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs the application; completes when it has stopped.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="DistributedApplicationException">It could not start, and nothing of it is left running; in publish mode: a step failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        using var trim = new HeapTrim(TimeProvider.System);
        try
        {
            await StartAsync(cancellationToken).ConfigureAwait(false);
            await _host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            if (Services.GetService<PublishHost>() is { } publish)
            {
                await publish.Completion.ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested)
        {
            // Ctrl+C while it was starting: what had begun has been stopped.
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Starts the application; completes when its resources have been created, which does not mean that they are ready.</summary>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="DistributedApplicationException">It could not start; nothing of it is left running.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        // Null in publish mode.
        var engine = Services.GetService<StackEngine>();
        try
        {
            if (engine is not null)
            {
                StartLog.Write(Services);
                engine.Open();
            }

            await Services.GetRequiredService<LifecycleEvents>().BeforeStartAsync(cancellationToken).ConfigureAwait(false);
            if (engine is not null)
            {
                await engine.PlanAsync(cancellationToken).ConfigureAwait(false);
            }

            await _host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (engine is not null)
            {
                await engine.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Stops the application: what fronts others first, then what they need.</summary>
    /// <param name="cancellationToken">Ends the orderly part of it.</param>
    public Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_host).DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
