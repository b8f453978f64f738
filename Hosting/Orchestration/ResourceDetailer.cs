using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Orchestration;

/// <summary>Gathers what is to know of a resource beyond its status, from its snapshots and its supervisors, and takes the secrets out.</summary>
internal sealed class ResourceDetailer(DistributedApplicationModel model, ResourceNotificationService notifications)
{
    // What the status has already, or says better.
    private static readonly string[] LeftOut =
    [
        KnownProperties.ParentName, KnownProperties.ExecutablePid, KnownProperties.ReplicaIndex, KnownProperties.ReplicaPort, KnownProperties.SupervisionState,
        KnownProperties.Restarts, KnownProperties.Reason, KnownProperties.AppArgs, KnownProperties.ParameterValue,
    ];

    /// <param name="name">The resource, or the replica, that is asked for.</param>
    /// <param name="resource">The resource.</param>
    /// <param name="replicas">Those to tell of.</param>
    public ResourceDetails Describe(string name, IResource resource, IReadOnlyList<ObservedMoves> replicas)
    {
        var mask = new SecretMask(model.Resources.OfType<ParameterResource>().Where(p => p.Secret).Select(ValueOf).OfType<string>());
        var all = replicas.Select(r => (Replica: r, Snapshot: SnapshotOf(r.Now.Name))).ToList();
        return new ResourceDetails
        {
            Name = name,
            Resource = resource.Name,
            Relationships = [.. Outgoing(resource), .. Incoming(resource)],
            Commands = [.. SnapshotRules.CommandsOf(resource).Select(c => Command(c, [.. all.Select(r => r.Snapshot).OfType<CustomResourceSnapshot>()]))],
            Replicas = [.. all.Select(r => Describe(r.Replica, r.Snapshot, mask, isAlone: all.Count == 1))],
        };
    }

    /// <summary>What others are to a resource, by the model.</summary>
    public static IEnumerable<ResourceRelationship> Outgoing(IResource resource)
    {
        var named = resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => new ResourceRelationship(r.Resource.Name, r.Type));
        return (resource is IResourceWithParent { Parent: var parent } ? named.Append(new ResourceRelationship(parent.Name, KnownRelationshipTypes.Parent)) : named).Distinct();
    }

    private IEnumerable<ResourceRelationship> Incoming(IResource resource)
        => from other in model.Resources
           from relationship in Outgoing(other)
           where relationship.Resource == resource.Name
           select new ResourceRelationship(other.Name, relationship.Type, IsIncoming: true);

    private CustomResourceSnapshot? SnapshotOf(string replica) => notifications.TryGetCurrentState(replica, out var found) ? found.Snapshot : null;

    // Of several replicas: what can be done with one of them can be done.
    private static CommandDetails Command(ResourceCommandAnnotation command, IReadOnlyList<CustomResourceSnapshot> snapshots) => new()
    {
        Name = command.Name,
        DisplayName = command.DisplayName,
        Description = command.DisplayDescription,
        Confirmation = command.ConfirmationMessage,
        State = snapshots.SelectMany(s => s.Commands).Where(c => c.Name == command.Name).Select(c => c.State).DefaultIfEmpty(ResourceCommandState.Disabled).Min().ToString(),
        IsHighlighted = command.IsHighlighted,
    };

    private static ReplicaDetails Describe(ObservedMoves replica, CustomResourceSnapshot? snapshot, SecretMask mask, bool isAlone) => new()
    {
        Name = replica.Now.Name,
        Urls = [.. (snapshot?.Urls ?? []).OrderByDescending(u => u.DisplayProperties.SortOrder)
            .Select(u => new UrlDetails(mask.Text(u.Url), u.Name, u.DisplayProperties.DisplayName is { Length: > 0 } text ? mask.Text(text) : null, u.IsInactive))],
        HealthReports = [.. (snapshot?.HealthReports ?? []).Select(r => new HealthReportDetails(r.Name, r.Status?.ToString(), Masked(mask, r.ExceptionText is null ? r.Description : $"{r.Description} {FirstLine(r.ExceptionText)}".Trim())))],
        Moves = [.. replica.Moves.Select(m => new ReplicaMove(m.Time, m.Generation, m.State.ToString(), m.Health.ToString(), m.Traffic.ToString(), Masked(mask, m.Reason)))],
        LastWords = [.. replica.Now.LastWords.Select(mask.Text)],
        Properties = [.. (snapshot?.Properties ?? []).Where(p => !LeftOut.Contains(p.Name)).Select(p => Property(p, mask)).OfType<PropertyDetails>()],
        Environment = isAlone ? [.. (snapshot?.EnvironmentVariables ?? []).Select(mask.Variable)] : null,
    };

    private static PropertyDetails? Property(ResourcePropertySnapshot property, SecretMask mask)
    {
        var text = property.Value switch
        {
            null => null,
            _ when property.IsSensitive || SecretMask.IsSecretName(property.Name) || property.Name == KnownProperties.ConnectionString => ResourceDetails.Masked,
            string value => mask.Text(value),
            IEnumerable<string> several => string.Join(' ', mask.Arguments(several)),
            System.Collections.IEnumerable others => string.Join(' ', others.Cast<object?>()),
            var value => mask.Text($"{value}"),
        };
        return text is { Length: > 0 } ? new PropertyDetails(property.Name, text) : null;
    }

    private static string? Masked(SecretMask mask, string? text) => text is null ? null : mask.Text(text);

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd();

    private static string? ValueOf(ParameterResource parameter)
    {
        try
        {
#pragma warning disable CS0618 // what has no value yet has nothing to hide
            return parameter.Value;
#pragma warning restore CS0618
        }
        catch (Exception)
        {
            return null;
        }
    }
}

/// <summary>A replica as it is now, and how it came to that.</summary>
internal sealed record ObservedMoves(InstanceSnapshot Now, IReadOnlyList<InstanceMove> Moves);
