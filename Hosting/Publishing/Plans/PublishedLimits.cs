using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Plans;

/// <summary>What WithSupervision says of a process itself, and which of it a target carries.</summary>
internal static class PublishedLimits
{
    /// <summary>The limits of its processes, by name.</summary>
    public static IReadOnlyDictionary<string, ProcessLimit> Of(IResource resource) => OptionsOf(resource)?.Limits.ToSortedDictionary() ?? [];

    /// <summary>A sentence for each program of which something is lost.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="target">Name of the target.</param>
    /// <param name="instead">How it is set there.</param>
    /// <param name="carries">The limits that the target can hold.</param>
    public static IEnumerable<string> WarningsOf(PublishPlan plan, string target, string instead, Func<string, bool> carries)
    {
        foreach (var program in plan.Programs)
        {
            List<string> lost = [.. program.Limits.Keys.Where(l => !carries(l)).Select(l => $"Limits[\"{l}\"]"), .. OptionsOf(program.Resource) is { } options ? Settings(options) : []];
            if (lost.Count > 0)
            {
                yield return $"What WithSupervision of '{program.Name}' says of {string.Join(", ", lost)} is not in the output for {target}. {instead}";
            }
        }
    }

    private static IEnumerable<string> Settings(SupervisionOptions options)
    {
        (string Name, bool IsSet)[] settings =
        [
            (nameof(options.User), options.User is not null), (nameof(options.Group), options.Group is not null), (nameof(options.Umask), options.Umask is not null),
            (nameof(options.Directory), options.Directory is not null), (nameof(options.OutOfMemoryScore), options.OutOfMemoryScore is not null),
        ];
        return settings.Where(s => s.IsSet).Select(s => s.Name);
    }

    private static SupervisionOptions? OptionsOf(IResource resource) => resource.Annotations.OfType<SupervisionAnnotation>().LastOrDefault()?.Options;
}
