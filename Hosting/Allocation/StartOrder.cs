using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Allocation;

/// <summary>The order that waits put the resources in: pure.</summary>
internal static class StartOrder
{
    /// <exception cref="DistributedApplicationException">Resources wait for each other in a circle; names the path.</exception>
    public static void CheckForCycles(IReadOnlyList<IResource> resources)
    {
        HashSet<IResource> done = [];
        foreach (var resource in resources)
        {
            Visit(resource, [], done);
        }
    }

    /// <summary>Layers for a stop: each layer may stop when the one before it has stopped. What others wait for comes after them; what all use comes last.</summary>
    /// <param name="resources">The resources.</param>
    /// <param name="last">Tells what is stopped after everything else.</param>
    public static IReadOnlyList<IReadOnlyList<IResource>> StopLayers(IEnumerable<IResource> resources, Func<IResource, bool> last)
    {
        var all = resources.ToList();
        var left = all.Where(r => !last(r)).ToList();
        List<IReadOnlyList<IResource>> layers = [];
        while (left.Count > 0)
        {
            var layer = left.Where(r => !left.Any(other => DependenciesOf(other).Contains(r))).ToList();
            layers.Add(layer);
            left.RemoveAll(layer.Contains);
        }

        var rest = all.Where(last).ToList();
        return rest.Count > 0 ? [.. layers, rest] : layers;
    }

    /// <summary>What a resource waits for.</summary>
    public static IEnumerable<IResource> DependenciesOf(IResource resource) => resource.Annotations.OfType<WaitAnnotation>().Select(w => w.Resource);

    private static void Visit(IResource resource, List<IResource> path, HashSet<IResource> done)
    {
        var start = path.IndexOf(resource);
        if (start >= 0)
        {
            var names = path.Skip(start).Append(resource).Select(r => $"'{r.Name}'");
            throw new DistributedApplicationException($"These resources wait for each other in a circle: {string.Join(" -> ", names)}. Remove one of the waits.");
        }

        if (done.Contains(resource))
        {
            return;
        }

        path.Add(resource);
        foreach (var dependency in DependenciesOf(resource))
        {
            Visit(dependency, path, done);
        }

        path.RemoveAt(path.Count - 1);
        done.Add(resource);
    }
}
