using System.Buffers.Binary;

namespace Stack.Dashboard.Ingest;

/// <summary>The one frame of a unary call: a flag byte (1 = packed), four bytes of length, the message.</summary>
internal readonly record struct GrpcFrame(bool IsPacked, ReadOnlyMemory<byte> Message)
{
    public const int HeaderLength = 5;

    /// <exception cref="IngestException">The bytes are not exactly one frame.</exception>
    public static GrpcFrame Read(ReadOnlyMemory<byte> body)
    {
        if (body.Length < HeaderLength)
        {
            throw new IngestException(Refusal.Malformed, $"The body ends after {body.Length} bytes, inside of the frame's header.");
        }

        var flag = body.Span[0];
        var length = BinaryPrimitives.ReadUInt32BigEndian(body.Span[1..]);
        if (flag > 1)
        {
            throw new IngestException(Refusal.Malformed, $"The frame's first byte is {flag}; 0 and 1 are known.");
        }

        if (length != (uint)(body.Length - HeaderLength))
        {
            throw new IngestException(Refusal.Malformed, $"The frame announces {length} bytes, but {body.Length - HeaderLength} follow.");
        }

        return new GrpcFrame(flag == 1, body[HeaderLength..]);
    }

    public static void WriteHeader(Span<byte> target, int length)
    {
        target[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(target[1..], (uint)length);
    }
}
