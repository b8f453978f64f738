using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Testing.Load;

/// <summary>An answer that has come to its end.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">Its body.</param>
/// <param name="IsLast">The server closes the connection after it.</param>
internal sealed record StrictAnswer(int Status, string Body, bool IsLast);

/// <summary>Reads answers as RFC 9112 has them, and takes nothing else.</summary>
internal sealed class StrictReader(Socket socket)
{
    private const int MostBytes = 1_000_000;
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly byte[] _buffer = new byte[16384];
    private int _from;
    private int _to;
    private bool _hasBegun;

    public async Task<StrictAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        _hasBegun = false;
        var status = Status(await ReadLineAsync(cancellationToken));
        int? length = null;
        var (isChunked, isLast) = (false, false);
        while (await ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            var (name, value) = Header(line);
            switch (name.ToUpperInvariant())
            {
                case "CONTENT-LENGTH" when length is null:
                    length = Number(value, NumberStyles.None);
                    break;
                case "TRANSFER-ENCODING" when !isChunked && value == "chunked":
                    isChunked = true;
                    break;
                case "CONTENT-LENGTH" or "TRANSFER-ENCODING":
                    throw Malformed($"the header '{line}'");
                case "CONNECTION":
                    isLast |= value.Split(',', StringSplitOptions.TrimEntries).Contains("close", StringComparer.OrdinalIgnoreCase);
                    break;
            }
        }

        var body = (status, isChunked, length) switch
        {
            (204 or 304, false, null) => "",
            (_, true, null) => await ReadChunksAsync(cancellationToken),
            (_, false, { } known) => await ReadTextAsync(known, cancellationToken),
            _ => throw Malformed("the answer does not tell its length in one way"),
        };
        return _from == _to ? new StrictAnswer(status, body, isLast) : throw Malformed($"{_to - _from} bytes after the answer's end");
    }

    private static int Status(string line) =>
        line.Length >= 13 && line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && line[12] == ' ' && int.TryParse(line.AsSpan(9, 3), NumberStyles.None, null, out var status)
            ? status
            : throw Malformed($"the status line '{line}'");

    private static (string Name, string Value) Header(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && !line.AsSpan(0, colon).ContainsAnyExcept(NameCharacters) ? (line[..colon], line[(colon + 1)..].Trim(' ', '\t')) : throw Malformed($"the header '{line}'");
    }

    private async Task<string> ReadChunksAsync(CancellationToken cancellationToken)
    {
        StringBuilder body = new();
        while (Number(await ReadLineAsync(cancellationToken), NumberStyles.AllowHexSpecifier) is > 0 and var length)
        {
            body.Append(await ReadTextAsync(length, cancellationToken));
            await ReadEmptyLineAsync(cancellationToken);
        }

        await ReadEmptyLineAsync(cancellationToken);
        return body.ToString();
    }

    private async Task ReadEmptyLineAsync(CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            throw Malformed($"'{line}' where a chunk ends");
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var looked = 0;
        while (true)
        {
            var end = _buffer.AsSpan(_from + looked, _to - _from - looked).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _from, looked + end);
                _from += looked + end + 1;
                return line.EndsWith('\r') && line.IndexOf('\r', StringComparison.Ordinal) == line.Length - 1 ? line[..^1] : throw Malformed($"the line end of '{line}'");
            }

            looked = _to - _from;
            await FillAsync(cancellationToken);
        }
    }

    private async Task<string> ReadTextAsync(int length, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        while (length > 0)
        {
            if (_from == _to)
            {
                await FillAsync(cancellationToken);
            }

            var count = Math.Min(length, _to - _from);
            text.Append(Encoding.Latin1.GetString(_buffer, _from, count));
            _from += count;
            length -= count;
        }

        return text.ToString();
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
        (_from, _to) = (0, _to - _from);
        if (_to == _buffer.Length)
        {
            throw Malformed("a line is too long");
        }

        var ended = _hasBegun ? FailureKind.ClosedWithinAnswer : FailureKind.ClosedBeforeAnswer;
        try
        {
            var count = await socket.ReceiveAsync(_buffer.AsMemory(_to), cancellationToken);
            _to += count > 0 ? count : throw new RequestFailedException(ended, "the server closed the connection");
            _hasBegun = true;
        }
        catch (SocketException e)
        {
            throw new RequestFailedException(ended, e.Message, e);
        }
    }

    private static int Number(string text, NumberStyles style) =>
        int.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= MostBytes ? number : throw Malformed($"the length '{text}'");

    private static RequestFailedException Malformed(string what) => new(FailureKind.Malformed, what);
}
