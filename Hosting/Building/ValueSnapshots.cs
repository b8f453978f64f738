using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Building;

/// <summary>The first snapshots of resources that are only a value.</summary>
internal static class ValueSnapshots
{
    /// <param name="type">Kind of the resource.</param>
    /// <param name="source">Where the value comes from; null: from code.</param>
    public static CustomResourceSnapshot First(string type, string? source) => new()
    {
        ResourceType = type,
        State = new ResourceStateSnapshot(KnownResourceStates.Waiting, KnownResourceStateStyles.Info),
        Properties = source is null ? [] : [new ResourcePropertySnapshot(KnownProperties.Source, source)],
    };
}
