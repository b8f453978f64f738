using System.Collections.Concurrent;
using System.Text.Json;
using Google.Protobuf.Reflection;

namespace Stack.Dashboard.Ingest;

/// <summary>The fields of one message by their names in OTLP JSON, which are in lowerCamelCase.</summary>
internal sealed class OtlpJsonFields(MessageDescriptor message)
{
    private static readonly ConcurrentDictionary<MessageDescriptor, OtlpJsonFields> Known = new();

    private readonly (byte[] Name, FieldDescriptor Field)[] _fields =
        [.. message.Fields.InDeclarationOrder().Select(field => (System.Text.Encoding.UTF8.GetBytes(field.JsonName), field))];

    public static OtlpJsonFields Of(MessageDescriptor message) => Known.GetOrAdd(message, static m => new OtlpJsonFields(m));

    /// <summary>Ids are hexadecimal, every other field of bytes is base64.</summary>
    public static bool IsId(FieldDescriptor field) => field.Name.EndsWith("_id", StringComparison.Ordinal);

    /// <summary>The field that the property at hand is for; null for one that is not known.</summary>
    public FieldDescriptor? Find(ref Utf8JsonReader json)
    {
        foreach (var (name, field) in _fields)
        {
            if (json.ValueTextEquals(name))
            {
                return field;
            }
        }

        return null;
    }
}
