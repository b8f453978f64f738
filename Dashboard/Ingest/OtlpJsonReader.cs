using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Stack.Dashboard.Ingest;

/// <summary>
/// Reads OTLP JSON into the same messages that protobuf gives. Protobuf's own JSON parser is wrong for it: it takes a hexadecimal id for base64.
/// What is wrong is said with the place where it stands.
/// </summary>
internal sealed class OtlpJsonReader
{
    // As deep as protobuf lets messages be; a value inside a value is up to four levels of JSON for three of messages.
    private const int MaxMessageDepth = 100;
    private const int MaxJsonDepth = 200;
    private const NumberStyles AnyNumber = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxJsonDepth };

    private readonly List<(string Name, int Index)> _path = [];
    private int _messages;

    private OtlpJsonReader()
    {
    }

    /// <exception cref="IngestException">It is not such a message.</exception>
    public static T Read<T>(ReadOnlySpan<byte> utf8)
        where T : IMessage, new()
    {
        var json = new Utf8JsonReader(utf8, Options);
        var reader = new OtlpJsonReader();
        try
        {
            var message = new T();
            json.Read();
            reader.ReadMessage(ref json, message, 1);
            json.Read();
            return message;
        }
        catch (JsonException e)
        {
            throw new IngestException(
                Refusal.Malformed, $"The body is not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}{reader.Place()}: {Cause(e)}");
        }
        catch (InvalidOperationException)
        {
            // What a string says when its bytes are not UTF-8, or half of a surrogate pair.
            throw reader.Wrong("holds text that is not valid");
        }
    }

    private void ReadMessage(ref Utf8JsonReader json, IMessage message, int depth)
    {
        Expect(ref json, JsonTokenType.StartObject, "an object");
        if (depth > MaxMessageDepth)
        {
            throw Wrong($"is nested more than {MaxMessageDepth} levels deep");
        }

        MessageCount.Check(++_messages);

        var fields = OtlpJsonFields.Of(message.Descriptor);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (fields.Find(ref json) is not { } field)
            {
                json.Read();
                json.Skip();
                continue;
            }

            _path.Add((field.JsonName, -1));
            json.Read();
            ReadField(ref json, message, field, depth);
            _path.RemoveAt(_path.Count - 1);
        }
    }

    // Null is the same as not being there.
    private void ReadField(ref Utf8JsonReader json, IMessage message, FieldDescriptor field, int depth)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (!field.IsRepeated)
        {
            field.Accessor.SetValue(message, ReadValue(ref json, field, depth));
            return;
        }

        Expect(ref json, JsonTokenType.StartArray, "an array");
        var list = (System.Collections.IList)field.Accessor.GetValue(message);
        for (var i = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; i++)
        {
            _path[^1] = (field.JsonName, i);
            list.Add(json.TokenType == JsonTokenType.Null && field.FieldType == FieldType.Message ? New(field) : ReadValue(ref json, field, depth));
        }
    }

    private object ReadValue(ref Utf8JsonReader json, FieldDescriptor field, int depth)
    {
        switch (field.FieldType)
        {
            case FieldType.Message:
                var message = New(field);
                ReadMessage(ref json, message, depth + 1);
                return message;
            case FieldType.String:
                Expect(ref json, JsonTokenType.String, "a string");
                return json.GetString()!;
            case FieldType.Bytes:
                Expect(ref json, JsonTokenType.String, "a string");
                return OtlpJsonFields.IsId(field) ? Hexadecimal(json.GetString()!) : Base64(json.GetString()!);
            case FieldType.Bool:
                return json.TokenType is JsonTokenType.True or JsonTokenType.False ? json.GetBoolean() : throw Wrong("is neither true nor false");
            case FieldType.Double:
                return Real(ref json);
            case FieldType.Fixed64 or FieldType.UInt64:
                return Whole<ulong>(ref json);
            case FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64:
                return Whole<long>(ref json);
            case FieldType.UInt32:
                return Whole<uint>(ref json);
            default:
                return Whole<int>(ref json);
        }
    }

    // 64-bit integers come as strings, and from some senders as numbers, with an exponent too.
    private T Whole<T>(ref Utf8JsonReader json)
        where T : struct, System.Numerics.IBinaryInteger<T>
    {
        var text = NumberText(ref json);
        if (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        if (decimal.TryParse(text, AnyNumber, CultureInfo.InvariantCulture, out var real) && decimal.IsInteger(real))
        {
            try
            {
                return T.CreateChecked(real);
            }
            catch (OverflowException)
            {
                // Said below.
            }
        }

        throw Wrong($"is '{Short(text)}', which is not a whole number that fits");
    }

    private double Real(ref Utf8JsonReader json)
    {
        var text = NumberText(ref json);
        return text switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => double.TryParse(text, AnyNumber, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw Wrong($"is '{Short(text)}', which is not a number"),
        };
    }

    private string NumberText(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.Number => Encoding.UTF8.GetString(json.ValueSpan),
        JsonTokenType.String => json.GetString()!,
        _ => throw Wrong("is not a number"),
    };

    private ByteString Hexadecimal(string text)
    {
        try
        {
            return ByteString.CopyFrom(Convert.FromHexString(text));
        }
        catch (FormatException)
        {
            throw Wrong($"is '{Short(text)}', which is not hexadecimal");
        }
    }

    // Both alphabets and without the padding too, as protobuf's JSON allows.
    private ByteString Base64(string text)
    {
        var plain = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        try
        {
            return ByteString.CopyFrom(Convert.FromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '=')));
        }
        catch (FormatException)
        {
            throw Wrong("is not base64");
        }
    }

    private static IMessage New(FieldDescriptor field) => field.MessageType.Parser.ParseFrom(ReadOnlySpan<byte>.Empty);

    private void Expect(ref Utf8JsonReader json, JsonTokenType token, string name)
    {
        if (json.TokenType != token)
        {
            throw Wrong($"is not {name}");
        }
    }

    private IngestException Wrong(string what) => new(Refusal.Malformed, _path.Count == 0 ? $"The body {what}." : $"'{Path()}' {what}.");

    private string Place() => _path.Count == 0 ? "" : $", in '{Path()}'";

    private string Path() => string.Join('.', _path.Select(part => part.Index < 0 ? part.Name : string.Create(CultureInfo.InvariantCulture, $"{part.Name}[{part.Index}]")));

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";

    // The exception's text goes on with the place, which is said already.
    private static string Cause(JsonException e) => e.Message.Split(" LineNumber:")[0];
}
