namespace Stack.Dashboard.Storage;

/// <summary>One instance of a service that has sent telemetry which is still kept.</summary>
internal sealed record TelemetryResource(string Service, string? InstanceId, string DisplayName, bool HasLogs, bool HasTraces, bool HasMetrics)
{
    /// <summary>The instance id when it begins with the service's name (<c>site-8001</c>), else name-instance as in Aspire.</summary>
    public static string DisplayNameOf(string service, string? instanceId)
    {
        if (string.IsNullOrEmpty(instanceId))
        {
            return service;
        }

        return instanceId.StartsWith(service, StringComparison.OrdinalIgnoreCase) ? instanceId : $"{service}-{instanceId}";
    }

    /// <summary>Whether a name given by a person or a link means this instance: service, instance id or display name.</summary>
    public bool IsNamed(string name) => Matches(name, Service, InstanceId, DisplayName);

    public static bool Matches(string name, string service, string? instanceId, string displayName) =>
        name.Equals(service, StringComparison.OrdinalIgnoreCase)
        || name.Equals(instanceId, StringComparison.OrdinalIgnoreCase)
        || name.Equals(displayName, StringComparison.OrdinalIgnoreCase);
}
