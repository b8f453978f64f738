using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Settings;

namespace Stack.Dashboard.Ingest;

/// <summary>Turns OTLP values into JSON, cut to the limits. One per thread: it reuses its buffers.</summary>
internal sealed class AttributeWriter : IDisposable
{
    /// <summary>Tells in a record how much of it is missing.</summary>
    public const string CutMark = "stack.cut";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private const int MaxKeptBuffer = 256 * 1024;

    private readonly TelemetryLimits _limits;
    private ArrayBufferWriter<byte> _bytes = new(1024);
    private readonly Utf8JsonWriter _json;

    public AttributeWriter(TelemetryLimits limits)
    {
        _limits = limits;
        _json = new Utf8JsonWriter(_bytes, Options);
    }

    /// <summary>Values cut or left out since <see cref="Begin"/>.</summary>
    public int Cut { get; private set; }

    public void Begin() => Cut = 0;

    /// <summary>Counts what somebody else cut.</summary>
    public void AddCut() => Cut++;

    public string Object(RepeatedField<KeyValue> attributes, Func<KeyValue, bool>? leaveOut = null, string? eventName = null)
    {
        if (attributes.Count == 0 && string.IsNullOrEmpty(eventName))
        {
            return "{}";
        }

        Reset();
        WriteObject(attributes, leaveOut, eventName);
        return Text();
    }

    /// <summary>A value as text: a string as it is, everything else as JSON.</summary>
    public string Plain(AnyValue? value, int maxLength)
    {
        switch (value?.ValueCase ?? AnyValue.ValueOneofCase.None)
        {
            case AnyValue.ValueOneofCase.None:
                return "";
            case AnyValue.ValueOneofCase.StringValue:
                return CutText(value!.StringValue, maxLength);
            default:
                Reset();
                WriteValue(value);
                return CutText(Text(), maxLength);
        }
    }

    /// <summary>A list of anything, each written by <paramref name="write"/>; null when it is empty.</summary>
    /// <param name="items">What to write.</param>
    /// <param name="max">How many of them.</param>
    /// <param name="write">Writes one.</param>
    /// <param name="mark">Writes in place of the rest how many they are.</param>
    public string? List<T>(RepeatedField<T> items, int max, Action<Utf8JsonWriter, T> write, Action<Utf8JsonWriter, int>? mark = null)
    {
        if (items.Count == 0)
        {
            return null;
        }

        Reset();
        _json.WriteStartArray();
        for (var i = 0; i < items.Count && i < max; i++)
        {
            write(_json, items[i]);
        }

        if (items.Count > max)
        {
            Cut += items.Count - max;
            mark?.Invoke(_json, items.Count - max);
        }

        _json.WriteEndArray();
        return Text();
    }

    /// <summary>For use inside of <see cref="List{T}"/>.</summary>
    public void WriteObject(RepeatedField<KeyValue> attributes, Func<KeyValue, bool>? leaveOut = null, string? eventName = null)
    {
        var before = Cut;
        var written = 0;
        _json.WriteStartObject();
        if (!string.IsNullOrEmpty(eventName))
        {
            _json.WriteString("event.name", CutText(eventName, _limits.MaxAttributeLength));
        }

        foreach (var attribute in attributes)
        {
            if (leaveOut?.Invoke(attribute) == true)
            {
                continue;
            }

            if (written++ == _limits.MaxAttributeCount)
            {
                Cut += attributes.Count - _limits.MaxAttributeCount;
                break;
            }

            _json.WritePropertyName(CutText(attribute.Key, 1024));
            WriteValue(attribute.Value);
        }

        if (Cut > before)
        {
            _json.WriteNumber(CutMark, Cut - before);
        }

        _json.WriteEndObject();
    }

    public string CutText(string text, int max)
    {
        if (text.Length > max)
        {
            Cut++;
            // Not through the middle of a pair.
            text = string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[max - 1]) ? max - 1 : max), "…");
        }

        // A zero would end the text for SQLite's LIKE.
        return text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;
    }

    public static void WriteNumber(Utf8JsonWriter json, double value)
    {
        if (!double.IsFinite(value))
        {
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
            return;
        }

        // Always with a point or an exponent, so that 5.0 does not come back as the integer 5.
        Span<char> text = stackalloc char[40];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        if (text[..length].IndexOfAny('.', 'E') < 0)
        {
            ".0".CopyTo(text[length..]);
            length += 2;
        }

        json.WriteRawValue(text[..length], skipInputValidation: true);
    }

    public void Dispose() => _json.Dispose();

    // An empty value is null: it is kept as that.
    private void WriteValue(AnyValue? value)
    {
        switch (value?.ValueCase ?? AnyValue.ValueOneofCase.None)
        {
            case AnyValue.ValueOneofCase.StringValue:
                _json.WriteStringValue(CutText(value!.StringValue, _limits.MaxAttributeLength));
                break;
            case AnyValue.ValueOneofCase.BoolValue:
                _json.WriteBooleanValue(value!.BoolValue);
                break;
            case AnyValue.ValueOneofCase.IntValue:
                _json.WriteNumberValue(value!.IntValue);
                break;
            case AnyValue.ValueOneofCase.DoubleValue:
                WriteNumber(_json, value!.DoubleValue);
                break;
            case AnyValue.ValueOneofCase.ArrayValue:
                WriteArray(value!.ArrayValue.Values);
                break;
            case AnyValue.ValueOneofCase.KvlistValue:
                WriteObject(value!.KvlistValue.Values);
                break;
            case AnyValue.ValueOneofCase.BytesValue:
                WriteBytes(value!.BytesValue);
                break;
            default:
                _json.WriteNullValue();
                break;
        }
    }

    private void WriteArray(RepeatedField<AnyValue> values)
    {
        _json.WriteStartArray();
        for (var i = 0; i < values.Count && i < _limits.MaxAttributeCount; i++)
        {
            WriteValue(values[i]);
        }

        Cut += Math.Max(0, values.Count - _limits.MaxAttributeCount);
        _json.WriteEndArray();
    }

    private void WriteBytes(ByteString bytes)
    {
        var kept = bytes.Span[..Math.Min(bytes.Length, _limits.MaxAttributeLength)];
        Cut += kept.Length < bytes.Length ? 1 : 0;
        _json.WriteStartObject();
        _json.WriteBase64String("bytesValue", kept);
        _json.WriteEndObject();
    }

    private void Reset()
    {
        // One huge record must not leave its buffer with the thread.
        if (_bytes.Capacity > MaxKeptBuffer)
        {
            _bytes = new ArrayBufferWriter<byte>(1024);
        }

        _bytes.ResetWrittenCount();
        _json.Reset(_bytes);
    }

    private string Text()
    {
        _json.Flush();
        return Encoding.UTF8.GetString(_bytes.WrittenSpan);
    }
}
