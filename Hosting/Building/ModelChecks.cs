using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Building;

/// <summary>What is checked of a model when the application is built; all faults are reported at once.</summary>
internal static class ModelChecks
{
    public static void Validate(IEnumerable<IResource> resources)
    {
        List<string> faults = [];
        foreach (var same in resources.GroupBy(r => r.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
        {
            faults.Add($"The model has {same.Count()} resources named '{same.Key}'. Give each a name of its own.");
        }

        foreach (var owner in resources)
        {
            if (owner.Annotations.OfType<SequentialPortsAnnotation>().FirstOrDefault() is not { } ports)
            {
                continue;
            }

            var names = Enumerable.Range(ports.FirstPort, owner.GetReplicaCount()).Select(p => $"{owner.Name}-{p}").ToHashSet(StringComparer.OrdinalIgnoreCase);
            faults.AddRange(resources.Where(r => names.Contains(r.Name))
                .Select(r => $"The resource '{r.Name}' has the name of a replica of '{owner.Name}'. Give it another name."));
        }

        if (faults.Count > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, faults));
        }
    }
}
