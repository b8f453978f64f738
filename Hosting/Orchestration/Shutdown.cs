using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Stack.Hosting.Orchestration;

/// <summary>Stops the stack: one layer after another, and all that is left at once when the time for it is over.</summary>
internal sealed partial class Shutdown(IOptions<HostOptions> host, SystemdReport systemd, TimeProvider time, ILogger<Shutdown> logger)
{
    // What was killed is gone at once, or the kernel holds it: its supervisor says so after 5 s.
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(10);

    // Others that the AppHost hosts stop too.
    private static readonly TimeSpan HostMargin = TimeSpan.FromSeconds(30);

    /// <summary>Makes .NET's host wait as long as the stop of these resources may take.</summary>
    public ShutdownPlan Prepare(IReadOnlyList<ResourceOrchestrator> resources)
    {
        var byResource = resources.ToDictionary(r => r.Plan.Resource);
        var plan = ShutdownPlan.Make(byResource.Keys, r => r.Name == DashboardResource.Name, r => byResource[r].StopGrace);
        var needed = plan.Limit + KillPatience + HostMargin;
        if (host.Value.ShutdownTimeout != Timeout.InfiniteTimeSpan && host.Value.ShutdownTimeout < needed)
        {
            host.Value.ShutdownTimeout = needed;
        }

        return plan;
    }

    /// <summary>Completes when nothing is left, or only what can't be ended.</summary>
    public async Task RunAsync(IReadOnlyList<ResourceOrchestrator> resources)
    {
        var plan = Prepare(resources);
        systemd.Stopping(plan.Limit + KillPatience);
        var stopping = StopLayersAsync(plan, resources.ToDictionary(r => r.Plan.Resource));
        try
        {
            await stopping.WaitAsync(plan.Limit, time).ConfigureAwait(false);
            return;
        }
        catch (TimeoutException)
        {
            LogOverdue(plan.Limit.TotalSeconds, string.Join(", ", resources.SelectMany(r => r.Replicas).Select(r => r.Current).Where(r => r.Pid is not null).Select(r => r.Name)));
        }

        foreach (var resource in resources)
        {
            resource.Kill();
        }

        try
        {
            await stopping.WaitAsync(KillPatience, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogLeft();
        }
    }

    private async Task StopLayersAsync(ShutdownPlan plan, Dictionary<IResource, ResourceOrchestrator> byResource)
    {
        foreach (var layer in plan.Layers)
        {
            await Task.WhenAll(layer.Select(r => StopAsync(byResource[r]))).ConfigureAwait(false);
        }
    }

    private async Task StopAsync(ResourceOrchestrator resource)
    {
        try
        {
            await resource.StopWithStackAsync().ConfigureAwait(false);
        }
        catch (DistributedApplicationException e)
        {
            // The others are stopped all the same.
            LogNotStopped(resource.Name, e.Message);
        }
    }

    [LoggerMessage(3104, LogLevel.Error, "Resource '{Resource}' did not stop: {Reason}")]
    private partial void LogNotStopped(string resource, string reason);

    [LoggerMessage(3105, LogLevel.Warning, "The stop has taken {Seconds:0.#} s, the sum of all graces and more. What is left is killed: {Replicas}.")]
    private partial void LogOverdue(double seconds, string replicas);

    [LoggerMessage(3106, LogLevel.Error, "Not everything could be ended, even by KILL.")]
    private partial void LogLeft();
}
