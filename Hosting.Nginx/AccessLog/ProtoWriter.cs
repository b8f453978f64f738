using System.Buffers.Binary;
using System.Text;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>Writes protobuf in one go. The length before an inner message is written in four bytes whatever it is, so that nothing has to be moved when it is known.</summary>
internal sealed class ProtoWriter
{
    private const int LengthBytes = 4;
    private const int LargestVarint = 10;

    private byte[] _bytes = new byte[16 * 1024];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Begins an inner message.</summary>
    /// <returns>What <see cref="End"/> wants.</returns>
    public int Begin(int field)
    {
        Tag(field, 2);
        Room(LengthBytes);
        Length += LengthBytes;
        return Length;
    }

    public void End(int start)
    {
        var length = Length - start;
        var place = _bytes.AsSpan(start - LengthBytes, LengthBytes);
        for (var index = 0; index < LengthBytes; index++, length >>= 7)
        {
            place[index] = (byte)((length & 0x7f) | (index < LengthBytes - 1 ? 0x80 : 0));
        }
    }

    public void Number(int field, long value)
    {
        Tag(field, 0);
        Varint((ulong)value);
    }

    public void Fixed(int field, long value)
    {
        Tag(field, 1);
        Room(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(long);
    }

    public void Real(int field, double value) => Fixed(field, BitConverter.DoubleToInt64Bits(value));

    public void Text(int field, ReadOnlySpan<char> text)
    {
        Tag(field, 2);
        Varint((ulong)Encoding.UTF8.GetByteCount(text));
        Room(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
    }

    /// <summary>Bytes, given as hexadecimal digits.</summary>
    public void Hex(int field, string digits)
    {
        Tag(field, 2);
        Varint((ulong)digits.Length / 2);
        Room(digits.Length / 2);
        Convert.FromHexString(digits, _bytes.AsSpan(Length), out _, out var written);
        Length += written;
    }

    private void Tag(int field, int wireType) => Varint((ulong)((field << 3) | wireType));

    private void Varint(ulong value)
    {
        Room(LargestVarint);
        for (; value > 0x7f; value >>= 7)
        {
            _bytes[Length++] = (byte)(value | 0x80);
        }

        _bytes[Length++] = (byte)value;
    }

    private void Room(int bytes)
    {
        if (_bytes.Length - Length < bytes)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
        }
    }
}
