using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Stack.Dashboard.Tests.Ingest;

/// <summary>Writes a message as OTLP JSON, in each of the ways that senders do: integers as strings or numbers, ids in either case, names that nobody knows.</summary>
internal sealed class OtlpJson(int seed)
{
    private readonly Random _random = new(seed);

    public static byte[] Of(IMessage message, int seed = 1)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = seed % 2 == 0, MaxDepth = 1000 }))
        {
            new OtlpJson(seed).Write(json, message);
        }

        return buffer.ToArray();
    }

    public static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);

    private void Write(Utf8JsonWriter json, IMessage message)
    {
        json.WriteStartObject();
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (_random.Next(10) == 0)
            {
                json.WritePropertyName("somethingNew");
                json.WriteRawValue("""{"a":[1,{"b":null}],"traceId":17}""");
            }

            var value = field.Accessor.GetValue(message);
            if (field.IsRepeated)
            {
                json.WriteStartArray(field.JsonName);
                foreach (var item in (System.Collections.IEnumerable)value)
                {
                    WriteValue(json, field, item);
                }

                json.WriteEndArray();
            }
            else if (field.HasPresence ? field.Accessor.HasValue(message) : value is not null)
            {
                json.WritePropertyName(field.JsonName);
                WriteValue(json, field, value);
            }
            else if (_random.Next(3) == 0)
            {
                json.WriteNull(field.JsonName);
            }
        }

        json.WriteEndObject();
    }

    private void WriteValue(Utf8JsonWriter json, FieldDescriptor field, object value)
    {
        switch (value)
        {
            case IMessage message:
                Write(json, message);
                break;
            case ByteString bytes when field.Name.EndsWith("_id", StringComparison.Ordinal):
                json.WriteStringValue(_random.Next(2) == 0 ? Convert.ToHexStringLower(bytes.Span) : Convert.ToHexString(bytes.Span));
                break;
            case ByteString bytes:
                json.WriteStringValue(bytes.ToBase64());
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case double real when double.IsFinite(real):
                json.WriteNumberValue(real);
                break;
            case double real:
                json.WriteStringValue(real.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                var number = Convert.ToString(value, CultureInfo.InvariantCulture)!;
                if (_random.Next(2) == 0)
                {
                    json.WriteStringValue(number);
                }
                else
                {
                    json.WriteRawValue(number);
                }

                break;
        }
    }
}
