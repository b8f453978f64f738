using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Stack.Dashboard.Ingest;

/// <summary>Reads and unpacks request bodies within the limits: counted while they come in, so that a small body that unpacks to gigabytes ends early.</summary>
internal static class BodyReader
{
    public const int MaxWireBytes = 4 << 20;
    public const int MaxUnpackedBytes = 16 << 20;

    /// <param name="overhead">What the protocol adds to the message.</param>
    public static async Task<PooledBuffer> ReadAsync(HttpRequest request, Admission.Ticket ticket, int overhead, CancellationToken ct)
    {
        if (request.ContentLength > MaxWireBytes + overhead)
        {
            throw TooLong();
        }

        var buffer = new PooledBuffer();
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(buffer.Free(), ct);
                if (read == 0)
                {
                    return buffer;
                }

                ticket.Hold(read);
                buffer.Advance(read);
                if (buffer.Length > MaxWireBytes + overhead)
                {
                    throw TooLong();
                }
            }
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    public static PooledBuffer Unzip(ReadOnlyMemory<byte> packed, Admission.Ticket ticket)
    {
        MemoryMarshal.TryGetArray(packed, out var segment);
        using var unzip = new GZipStream(new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false), CompressionMode.Decompress);
        var buffer = new PooledBuffer();
        try
        {
            while (true)
            {
                var read = unzip.Read(buffer.Free().Span);
                if (read == 0)
                {
                    return buffer;
                }

                ticket.Hold(read);
                buffer.Advance(read);
                if (buffer.Length > MaxUnpackedBytes)
                {
                    throw new IngestException(Refusal.TooLarge, $"The message unpacks to more than {MaxUnpackedBytes >> 20} MiB. Send smaller batches.");
                }
            }
        }
        catch (InvalidDataException)
        {
            buffer.Dispose();
            throw new IngestException(Refusal.Malformed, "The body is not valid gzip.");
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private static IngestException TooLong() =>
        new(Refusal.TooLarge, $"The message is longer than {MaxWireBytes >> 20} MiB. Send smaller batches.");
}
