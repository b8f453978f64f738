using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;

namespace Stack.Hosting.Orchestration;

/// <summary>The order of a whole shutdown and the time that it may take: pure.</summary>
/// <param name="Layers">Each may stop when the one before it has stopped; the resources of one layer stop together.</param>
/// <param name="Limit">After so long everything that is left is killed.</param>
internal sealed record ShutdownPlan(IReadOnlyList<IReadOnlyList<IResource>> Layers, TimeSpan Limit)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <param name="resources">What is to stop.</param>
    /// <param name="last">Tells what is stopped after everything else.</param>
    /// <param name="graceOf">Time between the stop signal of a resource and KILL.</param>
    public static ShutdownPlan Make(IEnumerable<IResource> resources, Func<IResource, bool> last, Func<IResource, TimeSpan> graceOf)
    {
        var layers = StartOrder.StopLayers(resources, last);
        return new ShutdownPlan(layers, layers.Aggregate(Margin, (sum, layer) => sum + layer.Max(graceOf)));
    }
}
