using System.Text.Json;

namespace Stack.Dashboard.Web.Components;

/// <summary>The attributes of a span, of an event or of a resource, in the order in which they were sent.</summary>
internal static class SpanAttributes
{
    public static IReadOnlyList<AttributeModel> Of(string json)
    {
        if (json.Length <= 2)
        {
            return [];
        }

        using var document = JsonDocument.Parse(json);
        return Of(document.RootElement);
    }

    public static IReadOnlyList<AttributeModel> Of(JsonElement element) =>
        [.. element.EnumerateObject().Select(property => new AttributeModel(property.Name, Text(property.Value), TypeOf(property.Value)))];

    /// <summary>Null when there is none of these names.</summary>
    public static string? Value(this IReadOnlyList<AttributeModel> attributes, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            foreach (var attribute in attributes)
            {
                if (attribute.Name == name && attribute.Value.Length > 0)
                {
                    return attribute.Value;
                }
            }
        }

        return null;
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };

    // Floating-point numbers are always stored with a point or an exponent.
    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "text",
        JsonValueKind.Number => value.GetRawText().AsSpan().IndexOfAny('.', 'E', 'e') < 0 ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "list",
        JsonValueKind.Null => "nothing",
        _ => value.TryGetProperty("bytesValue", out _) ? "bytes" : "map",
    };
}

/// <summary>One attribute with its type in words.</summary>
public sealed record AttributeModel(string Name, string Value, string Type);
