using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Data;

/// <summary>Log records as a file: a table for spreadsheets, or a line of JSON each.</summary>
internal static class LogFile
{
    public const string CsvHeader = "time,level,service,instance,category,message,template,traceId,spanId,attributes\r\n";

    public static void WriteCsv(IBufferWriter<byte> output, LogRow row)
    {
        var line = new StringBuilder();
        Add(row.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        Add(LogLevels.NameOf(row.Severity));
        Add(row.Service);
        Add(row.DisplayName);
        Add(row.Scope);
        Add(row.Body);
        Add(row.Template);
        Add(row.TraceId);
        Add(row.SpanId);
        Add(row.AttributesJson);
        line.Length--;
        output.Write(Encoding.UTF8.GetBytes(line.Append("\r\n").ToString()));

        void Add(string? value) => line.Append(Cell(value)).Append(',');
    }

    public static void WriteJson(IBufferWriter<byte> output, LogRow row)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("time", row.Time.UtcDateTime);
            json.WriteString("level", LogLevels.NameOf(row.Severity));
            json.WriteString("service", row.Service);
            json.WriteString("instance", row.DisplayName);
            json.WriteString("category", row.Scope);
            json.WriteString("message", row.Body);
            json.WriteString("template", row.Template);
            json.WriteString("traceId", row.TraceId);
            json.WriteString("spanId", row.SpanId);
            json.WritePropertyName("attributes");
            json.WriteRawValue(row.AttributesJson);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    /// <summary>A spreadsheet takes what begins with one of these for a formula, and runs it; a record's text is anybody's.</summary>
    public static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "";
        }

        var safe = value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + value : value;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
