using System.Text;

namespace Stack.Dashboard.Web;

/// <summary>
/// Writes the body of an answer; in HTML each address in an attribute that begins at the root gets a path before it. Razor encodes quotes in all
/// texts and values, so what looks like such an attribute is one. Everything else passes through as it is.
/// </summary>
internal sealed class SubPathStream(Stream inner, HttpResponse response, string path) : Stream
{
    // As long as the longest beginning of an attribute below.
    private const int Longest = 8;

    private readonly byte[] _path = Encoding.UTF8.GetBytes(path);
    private readonly byte[] _tail = new byte[Longest];
    private bool? _isHtml;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private bool IsHtml => _isHtml ??= response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var written = 0;
        for (var at = Next(buffer.Span, 0); at >= 0; at = Next(buffer.Span, at + 1))
        {
            await inner.WriteAsync(buffer[written..at], cancellationToken);
            await inner.WriteAsync(_path, cancellationToken);
            written = at;
        }

        Remember(buffer.Span);
        await inner.WriteAsync(buffer[written..], cancellationToken);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        var part = buffer.AsSpan(offset, count);
        var written = 0;
        for (var at = Next(part, 0); at >= 0; at = Next(part, at + 1))
        {
            inner.Write(part[written..at]);
            inner.Write(_path);
            written = at;
        }

        Remember(part);
        inner.Write(part[written..]);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The next slash that begins an address; -1 without one.</summary>
    private int Next(ReadOnlySpan<byte> part, int from)
    {
        while (IsHtml && part[from..].IndexOf((byte)'/') is >= 0 and var step)
        {
            if (BeginsAddress(part[..(from + step)]))
            {
                return from + step;
            }

            from += step + 1;
        }

        return -1;
    }

    private bool BeginsAddress(ReadOnlySpan<byte> before)
    {
        if (before.Length < Longest)
        {
            // The attribute began in the part before.
            Span<byte> joined = new byte[Longest + before.Length];
            _tail.CopyTo(joined);
            before.CopyTo(joined[Longest..]);
            before = joined;
        }

        return before.EndsWith("href=\""u8) || before.EndsWith("action=\""u8) || before.EndsWith("src=\""u8);
    }

    private void Remember(ReadOnlySpan<byte> part)
    {
        var kept = Math.Min(part.Length, Longest);
        _tail.AsSpan(kept).CopyTo(_tail);
        part[^kept..].CopyTo(_tail.AsSpan(Longest - kept));
    }
}
