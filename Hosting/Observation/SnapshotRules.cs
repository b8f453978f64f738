using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Observation;

/// <summary>What every published snapshot gets beyond what its publisher says: number, states of the commands, icon, relationships.</summary>
internal static class SnapshotRules
{
    public static CustomResourceSnapshot Complete(IResource resource, CustomResourceSnapshot snapshot, long version, IServiceProvider services)
    {
        var icon = resource.Annotations.OfType<ResourceIconAnnotation>().LastOrDefault();
        snapshot = snapshot with
        {
            Version = version,
            IconName = snapshot.IconName ?? icon?.IconName,
            IconVariant = snapshot.IconVariant ?? icon?.IconVariant,
            Relationships = [.. snapshot.Relationships.Union(RelationshipsOf(resource))],
        };
        return snapshot with { Commands = [.. CommandsOf(resource).Select(c => Command(c, snapshot, services))] };
    }

    /// <summary>The commands of a resource: of those with the same name the last.</summary>
    public static IEnumerable<ResourceCommandAnnotation> CommandsOf(IResource resource)
        => resource.Annotations.OfType<ResourceCommandAnnotation>().Reverse().DistinctBy(c => c.Name, StringComparer.OrdinalIgnoreCase).Reverse();

    private static ResourceCommandSnapshot Command(ResourceCommandAnnotation command, CustomResourceSnapshot snapshot, IServiceProvider services)
        => new(
            command.Name,
            command.UpdateState(new UpdateCommandStateContext { ResourceSnapshot = snapshot, ServiceProvider = services }),
            command.DisplayName,
            command.DisplayDescription,
            command.Parameter,
            command.ConfirmationMessage,
            command.IconName,
            command.IconVariant,
            command.IsHighlighted);

    private static IEnumerable<RelationshipSnapshot> RelationshipsOf(IResource resource)
        => resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => new RelationshipSnapshot(r.Resource.Name, r.Type)).Distinct();
}
