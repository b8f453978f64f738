#pragma warning disable ASPIREPROBES001 // probes of the model are experimental in Aspire
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>What the model says and the manifest's format can't: replicas, ports, health, waits, times, folders. It has a file of its own beside the manifest.</summary>
internal static class ManifestSidecar
{
    private const int Format = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The file that belongs to a manifest: <c>aspire-manifest.stack.json</c>.</summary>
    public static string FileFor(string manifest) => Path.ChangeExtension(manifest, ".stack.json");

    /// <summary>Its text; null: the manifest says all there is.</summary>
    public static byte[]? Render(DistributedApplicationModel model, string manifest, IConfiguration configuration)
    {
        var resources = model.Resources.Where(r => !r.IsExcludedFromPublish()).ToList();
        Dictionary<string, SidecarEntry> entries = new(StringComparer.Ordinal);
        foreach (var resource in resources)
        {
            if (EntryOf(resource, resources, configuration) is { IsEmpty: false } entry)
            {
                entries.Add(resource.Name, entry);
            }
        }

        return entries.Count == 0
            ? null
            : [.. JsonSerializer.SerializeToUtf8Bytes(new { format = Format, manifest = Path.GetFileName(manifest), resources = entries }, Json), (byte)'\n'];
    }

    private static SidecarEntry EntryOf(IResource resource, List<IResource> published, IConfiguration configuration)
    {
        var hasDefaults = PublishedPrograms.HasServiceDefaults(resource);
        var serves = resource.HasAnnotationOfType<EndpointAnnotation>();
        var ports = SequentialEndpoints.Of(resource);
        var waits = resource.Annotations.OfType<WaitAnnotation>().Where(w => published.Contains(w.Resource)).ToList();
        return new SidecarEntry
        {
            Replicas = resource.HasAnnotationOfType<ReplicaAnnotation>() ? resource.GetReplicaCount() : null,
            FirstPorts = ports.Count == 0 ? null : ports.ToSortedDictionary(p => p.Endpoint.Name, p => p.FirstPort),
            Instances = ports.Count == 0 ? null : [.. Enumerable.Range(ports[0].FirstPort, resource.GetReplicaCount()).Select(port => $"{resource.Name}-{port}")],
            Gateway = resource.Annotations.OfType<GatewayAnnotation>().LastOrDefault()?.Gateway.Name,
            HealthPath = serves ? PublishedPrograms.HealthPath(resource, hasDefaults) : null,
            AlivePath = serves ? PublishedPrograms.AlivePath(resource, hasDefaults) : null,
            WaitsFor = waits.Count == 0 ? null : waits.ToSortedDictionary(w => w.Resource.Name, w => Condition(w.WaitType)),
            Restart = resource.Annotations.OfType<RestartPolicyAnnotation>().LastOrDefault() is { } policy ? JsonNamingPolicy.CamelCase.ConvertName($"{policy.Mode}") : null,
            StopTimeoutSeconds = hasDefaults || resource.HasAnnotationOfType<SupervisionAnnotation>() ? PublishPlanMaker.Grace(resource).TotalSeconds : null,
            StateFolder = hasDefaults ? ProductionPlaces.StateFolderOf(configuration) : null,
        };
    }

    private static string Condition(WaitType type) => type switch
    {
        WaitType.WaitForCompletion => "completed",
        WaitType.WaitUntilHealthy => "healthy",
        _ => "started",
    };

    // What waits for another one twice, or names an endpoint twice, means the later.
    private static SortedDictionary<string, TValue> ToSortedDictionary<T, TValue>(this IEnumerable<T> items, Func<T, string> key, Func<T, TValue> value)
        => items.Select(i => KeyValuePair.Create(key(i), value(i))).ToSortedDictionary();

    /// <summary>A resource in the file; what is null is not written.</summary>
    private sealed record SidecarEntry
    {
        public int? Replicas { get; init; }

        public SortedDictionary<string, int>? FirstPorts { get; init; }

        public string[]? Instances { get; init; }

        public string? Gateway { get; init; }

        public string? HealthPath { get; init; }

        public string? AlivePath { get; init; }

        public SortedDictionary<string, string>? WaitsFor { get; init; }

        public string? Restart { get; init; }

        public double? StopTimeoutSeconds { get; init; }

        public string? StateFolder { get; init; }

        [JsonIgnore]
        public bool IsEmpty => this == new SidecarEntry();
    }
}
