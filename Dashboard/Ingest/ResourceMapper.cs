using System.Collections.Concurrent;
using Google.Protobuf.Collections;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>Finds out who sent something. The same sender gets the same object again, so that rows in memory share its text.</summary>
internal sealed class ResourceMapper
{
    private const int MaxKnown = 2000;
    private const int MaxNameLength = 256;
    private readonly ConcurrentDictionary<(string Attributes, string Peer), ResourceInfo> _known = new();

    public ResourceInfo Map(Resource? resource, string peer, AttributeWriter writer)
    {
        var attributes = resource?.Attributes ?? [];
        var json = writer.Object(attributes);
        if (_known.TryGetValue((json, peer), out var known))
        {
            return known;
        }

        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        return _known.GetOrAdd((json, peer), Make(attributes, json, peer, writer));
    }

    private static ResourceInfo Make(RepeatedField<KeyValue> attributes, string json, string peer, AttributeWriter writer)
    {
        string service = "", instance = "";
        foreach (var attribute in attributes)
        {
            if (attribute.Key == "service.name")
            {
                service = writer.Plain(attribute.Value, MaxNameLength);
            }
            else if (attribute.Key == "service.instance.id")
            {
                instance = writer.Plain(attribute.Value, MaxNameLength);
            }
        }

        service = string.IsNullOrWhiteSpace(service) ? "unknown_service" : service;
        return string.IsNullOrWhiteSpace(instance)
            // All instances of such a sender on one machine melt into one: it does not use ServiceDefaults.
            ? new ResourceInfo(service, null, $"{service}@{peer}", json)
            : new ResourceInfo(service, instance, TelemetryResource.DisplayNameOf(service, instance), json);
    }
}
