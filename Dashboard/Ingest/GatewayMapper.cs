using Google.Protobuf.Collections;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>Reads from a gateway's span which replicas it asked.</summary>
internal static class GatewayMapper
{
    private const string Scope = "Stack.Nginx.AccessLog";
    private const string Try = "stack.try";
    private const int MaxTries = 32;
    private const int MaxNameLength = 256;

    /// <summary>Null for every span that is not a gateway's.</summary>
    public static GatewayRequest? Map(ScopeInfo scope, Span span)
    {
        if (scope.Name != Scope)
        {
            return null;
        }

        // The tries are told one by one only where there were several.
        List<GatewayTry> tries = [.. span.Events.Where(item => item.Name == Try).Take(MaxTries).Select(item => TryOf(item.Attributes)).OfType<GatewayTry>()];
        return tries.Count == 0 && TryOf(span.Attributes) is { } only ? new GatewayRequest([only]) : new GatewayRequest(tries);
    }

    private static GatewayTry? TryOf(RepeatedField<KeyValue> attributes)
    {
        string? replica = null;
        int? status = null;
        double? seconds = null;
        foreach (var attribute in attributes)
        {
            switch (attribute.Key)
            {
                case "stack.upstream" when attribute.Value?.StringValue is { Length: > 0 } name:
                    replica = name.Length > MaxNameLength ? name[..MaxNameLength] : name;
                    break;
                case "http.response.status_code" when attribute.Value?.ValueCase is AnyValue.ValueOneofCase.IntValue:
                    status = (int)Math.Clamp(attribute.Value.IntValue, 0, 999);
                    break;
                case "stack.upstream.response" when attribute.Value?.ValueCase is AnyValue.ValueOneofCase.DoubleValue:
                    seconds = attribute.Value.DoubleValue;
                    break;
            }
        }

        return replica is null ? null : new GatewayTry(replica, status, seconds);
    }
}
