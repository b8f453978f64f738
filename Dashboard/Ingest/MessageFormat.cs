using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>How a message is written down.</summary>
internal enum MessageFormat
{
    Unknown,
    Protobuf,
    Json,
}

/// <summary>Media types and answers of the formats. Whoever sends something unknown is answered in JSON, which a person can read.</summary>
internal static class MessageFormats
{
    public const string Protobuf = "application/x-protobuf";
    public const string Json = "application/json";

    /// <param name="mediaType">Without parameters.</param>
    public static MessageFormat Of(string mediaType) => mediaType.ToLowerInvariant() switch
    {
        Protobuf => MessageFormat.Protobuf,
        Json => MessageFormat.Json,
        _ => MessageFormat.Unknown,
    };

    public static string MediaType(this MessageFormat format) => format == MessageFormat.Protobuf ? Protobuf : Json;

    public static byte[] Write(this MessageFormat format, ExportResponse answer, Signal signal) => format == MessageFormat.Protobuf
        ? answer.ToByteArray()
        : WriteJson(json =>
        {
            if (answer.PartialSuccess is not { } partial)
            {
                return;
            }

            json.WriteStartObject("partialSuccess");
            json.WriteString(
                signal switch { Signal.Logs => "rejectedLogRecords", Signal.Traces => "rejectedSpans", _ => "rejectedDataPoints" },
                partial.Rejected.ToString(CultureInfo.InvariantCulture));
            json.WriteString("errorMessage", partial.ErrorMessage);
            json.WriteEndObject();
        });

    public static byte[] Write(this MessageFormat format, ErrorStatus status) => format == MessageFormat.Protobuf
        ? status.ToByteArray()
        : WriteJson(json =>
        {
            json.WriteNumber("code", status.Code);
            json.WriteString("message", status.Message);
        });

    private static byte[] WriteJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
