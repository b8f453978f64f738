using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>Reads lines of the access log. What is no such line gives null: nothing in a log may stop its reader.</summary>
internal sealed class AccessLineParser
{
    private const int TraceParentLength = 55;
    private const int NanosecondsPerMillisecond = 1_000_000;
    private const int MostTries = 32;

    private static readonly byte[][] Names = [.. AccessLogBlock.Fields.Select(field => Encoding.UTF8.GetBytes(field.Name))];

    private readonly string?[] _values = new string?[AccessLogBlock.Fields.Count];

    public AccessLine? Parse(ReadOnlySpan<byte> line)
    {
        Array.Clear(_values);
        try
        {
            // Nginx passes on what clients send as it is; JSON is UTF-8.
            return Read(Utf8.IsValid(line) ? line : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line))) ? Line() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool Read(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader reader = new(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        for (var expected = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; expected++)
        {
            var field = Find(ref reader, expected);
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
            {
                return false;
            }

            if (field >= 0)
            {
                _values[field] = reader.GetString();
            }
        }

        return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
    }

    /// <summary>Almost always the fields stand in the order in which they are written.</summary>
    private static int Find(ref Utf8JsonReader reader, int expected)
    {
        if (expected < Names.Length && reader.ValueTextEquals(Names[expected]))
        {
            return expected;
        }

        for (var index = 0; index < Names.Length; index++)
        {
            if (reader.ValueTextEquals(Names[index]))
            {
                return index;
            }
        }

        return -1;
    }

    private AccessLine? Line()
    {
        var trace = Value(AccessField.TraceParent);
        var id = Value(AccessField.Id);
        if (Nanoseconds(Value(AccessField.End)) is not { } end
            || Nanoseconds(Value(AccessField.Duration)) is not { } duration
            || Number(Value(AccessField.Status)) is not { } status
            || Value(AccessField.Method) is not { Length: > 0 } method
            || trace.Length != TraceParentLength || !IsHex(trace.AsSpan(3, 32)) || !IsHex(trace.AsSpan(36, 16))
            || id.Length < 16 || !IsHex(id.AsSpan(0, 16)))
        {
            return null;
        }

        var (span, passed) = (id[..16], trace.Substring(36, 16));
        return new AccessLine
        {
            End = end,
            Duration = duration,
            Method = method,
            Uri = Value(AccessField.Uri),
            Status = (int)status,
            TraceId = trace.Substring(3, 32),
            SpanId = span,
            ParentSpanId = passed == span ? null : passed,
            Protocol = Value(AccessField.Protocol),
            Scheme = Value(AccessField.Scheme),
            BytesIn = Number(Value(AccessField.BytesIn)) ?? 0,
            BytesOut = Number(Value(AccessField.BytesOut)) ?? 0,
            Client = Value(AccessField.Client),
            Host = Value(AccessField.Host),
            RequestId = Value(AccessField.RequestId),
            UserAgent = Value(AccessField.UserAgent),
            Referer = Value(AccessField.Referer),
            Tries = Tries(),
        };
    }

    private UpstreamTry[] Tries()
    {
        var addresses = Value(AccessField.UpstreamAddress);
        if (addresses is "" or "-")
        {
            return [];
        }

        UpstreamList address = new(addresses), status = new(Value(AccessField.UpstreamStatus)), connect = new(Value(AccessField.UpstreamConnect)),
            header = new(Value(AccessField.UpstreamHeader)), response = new(Value(AccessField.UpstreamResponse));
        List<UpstreamTry> tries = new(1);
        while (tries.Count < MostTries && address.TryNext(out var at))
        {
            UpstreamTry tried = new(at.ToString(), (int?)Number(status.Next()), Nanoseconds(connect.Next()), Nanoseconds(header.Next()), Nanoseconds(response.Next()));

            // Without a port it is the name of the upstream: no replica was left to ask.
            if (at.Contains(':'))
            {
                tries.Add(tried);
            }
        }

        return [.. tries];
    }

    private string Value(AccessField field) => _values[(int)field] ?? "";

    private static long? Number(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Seconds with three decimals, as Nginx writes all times.</summary>
    private static long? Nanoseconds(ReadOnlySpan<char> text)
    {
        var point = text.IndexOf('.');
        return point > 0 && text.Length == point + 4 && Number(text[..point]) is { } seconds && Number(text[(point + 1)..]) is { } milliseconds && seconds < int.MaxValue
            ? ((seconds * 1000) + milliseconds) * NanosecondsPerMillisecond
            : null;
    }

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiHexDigitLower(letter))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Walks through what Nginx writes about several tries: parted by commas, by colons after an internal redirect.</summary>
internal ref struct UpstreamList(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;
    private bool _ended = text.IsEmpty;

    public bool TryNext(out ReadOnlySpan<char> item)
    {
        item = default;
        if (_ended)
        {
            return false;
        }

        var (comma, colon) = (_rest.IndexOf(", "), _rest.IndexOf(" : "));
        _ended = comma < 0 && colon < 0;
        var isComma = comma >= 0 && (colon < 0 || comma < colon);
        var end = _ended ? _rest.Length : isComma ? comma : colon;
        item = _rest[..end];
        _rest = _ended ? default : _rest[(end + (isComma ? 2 : 3))..];
        return true;
    }

    /// <summary>Empty when there is none.</summary>
    public ReadOnlySpan<char> Next() => TryNext(out var item) ? item : default;
}
