using Aspire.Hosting.Pipelines;

namespace Stack.Hosting.Publishing.Pipelines;

/// <summary>Which steps are run, and in what order: pure.</summary>
internal static class StepOrder
{
    /// <summary>The steps in an order in which each comes after what it depends on, else as they were added.</summary>
    /// <param name="steps">All steps.</param>
    /// <param name="only">Name of the step to run, with what it depends on; null: all.</param>
    /// <exception cref="InvalidOperationException">Names are not unique, unknown, or the dependencies form a circle.</exception>
    public static IReadOnlyList<PlannedStep> Plan(IReadOnlyList<PipelineStep> steps, string? only)
    {
        var byName = Index(steps);
        var dependencies = Dependencies(steps, byName);
        List<PipelineStep> ordered = [];
        HashSet<PipelineStep> done = [];
        foreach (var step in only is null ? steps : [Wanted(only, byName)])
        {
            Visit(step, [], dependencies, done, ordered);
        }

        return [.. ordered.Select(s => new PlannedStep(s, dependencies[s]))];
    }

    private static Dictionary<string, PipelineStep> Index(IReadOnlyList<PipelineStep> steps)
    {
        var twice = steps.GroupBy(s => s.Name, StringComparer.Ordinal).Where(g => g.Count() > 1)
            .Select(g => $"'{g.Key}' ({string.Join(" and ", g.Select(Owner))})").ToList();
        return twice.Count == 0
            ? steps.ToDictionary(s => s.Name, StringComparer.Ordinal)
            : throw new InvalidOperationException($"The pipeline has several steps of the same name: {string.Join(", ", twice)}. Give each step a name of its own.");
    }

    private static string Owner(PipelineStep step) => step.Resource is { } resource ? $"of resource '{resource.Name}'" : "of the pipeline itself";

    private static Dictionary<PipelineStep, IReadOnlyList<PipelineStep>> Dependencies(IReadOnlyList<PipelineStep> steps, Dictionary<string, PipelineStep> byName)
    {
        List<string> faults = [];
        var dependencies = steps.ToDictionary(s => s, _ => new List<PipelineStep>());
        foreach (var step in steps)
        {
            foreach (var name in step.DependsOnSteps)
            {
                if (Find(name, $"Step '{step.Name}' depends on step '{name}'", byName, faults) is { } first)
                {
                    dependencies[step].Add(first);
                }
            }

            foreach (var name in step.RequiredBySteps)
            {
                if (Find(name, $"Step '{step.Name}' is required by step '{name}'", byName, faults) is { } after)
                {
                    dependencies[after].Add(step);
                }
            }
        }

        return faults.Count == 0
            ? dependencies.ToDictionary(d => d.Key, d => (IReadOnlyList<PipelineStep>)[.. d.Value.Distinct()])
            : throw new InvalidOperationException(string.Join(Environment.NewLine, faults));
    }

    private static PipelineStep? Find(string name, string relation, Dictionary<string, PipelineStep> byName, List<string> faults)
    {
        if (!byName.TryGetValue(name, out var step))
        {
            faults.Add($"{relation}, which does not exist. Add that step, or correct the name.");
        }

        return step;
    }

    private static PipelineStep Wanted(string name, Dictionary<string, PipelineStep> byName)
        => byName.TryGetValue(name, out var step)
            ? step
            : throw new InvalidOperationException(
                $"There is no step '{name}'. Use --step with one of: {string.Join(", ", byName.Keys.Order(StringComparer.Ordinal).Select(n => $"'{n}'"))}.");

    private static void Visit(
        PipelineStep step, List<PipelineStep> path, Dictionary<PipelineStep, IReadOnlyList<PipelineStep>> dependencies, HashSet<PipelineStep> done, List<PipelineStep> ordered)
    {
        var start = path.IndexOf(step);
        if (start >= 0)
        {
            var names = path.Skip(start).Append(step).Select(s => $"'{s.Name}'");
            throw new InvalidOperationException($"These steps depend on each other in a circle: {string.Join(" -> ", names)}. Remove one of the dependencies.");
        }

        if (done.Contains(step))
        {
            return;
        }

        path.Add(step);
        foreach (var dependency in dependencies[step])
        {
            Visit(dependency, path, dependencies, done, ordered);
        }

        path.RemoveAt(path.Count - 1);
        done.Add(step);
        ordered.Add(step);
    }
}

/// <summary>A step, and the steps that have to be done before it.</summary>
internal sealed record PlannedStep(PipelineStep Step, IReadOnlyList<PipelineStep> After);
