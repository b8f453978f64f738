using Microsoft.Extensions.Configuration;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Orchestration;

/// <summary>Measures the replicas as long as the stack runs, and sends what it finds to the dashboard as metrics.</summary>
internal sealed class StackMeasures(StackControl control, StackOptions options, IConfiguration configuration, TimeProvider time)
{
    /// <summary>Under this name the dashboard shows who sends them.</summary>
    public const string ServiceName = "apphost";

    public async Task RunAsync(CancellationToken stopping)
    {
        // Nothing waits for the first metrics, and making the exporter takes a while.
        await Task.Yield();
        using var meter = new ReplicaMeter(control.Observe, time);
        using var export = options.DisableDashboard ? null : MetricsExport.Start(configuration, ReplicaMeter.Name, ServiceName, ServiceName, options.Development ? ProcessSampler.Interval : 5 * ProcessSampler.Interval);
        await control.Samples.RunAsync(stopping).ConfigureAwait(false);
    }
}
