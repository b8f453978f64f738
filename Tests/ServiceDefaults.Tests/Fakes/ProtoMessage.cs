using System.Buffers.Binary;
using System.Text;

namespace ServiceDefaults.Tests.Fakes;

/// <summary>Reads a protobuf message without knowing its schema: fields by number.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty)
        {
            var key = Varint(ref data);
            var number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    _fields.Add((number, Varint(ref data), default));
                    break;
                case 1:
                    _fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(data.Span), default));
                    data = data[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref data);
                    _fields.Add((number, 0, data[..length]));
                    data = data[length..];
                    break;
                case 5:
                    _fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(data.Span), default));
                    data = data[4..];
                    break;
                default:
                    throw new InvalidDataException($"Wire type {key & 7} of field {number} is unknown.");
            }
        }
    }

    public IEnumerable<ProtoMessage> Messages(int number) => _fields.Where(field => field.Number == number).Select(field => new ProtoMessage(field.Bytes));

    public ProtoMessage? Message(int number) => Messages(number).FirstOrDefault();

    public bool Has(int number) => _fields.Any(field => field.Number == number);

    public ulong Number(int number) => _fields.FirstOrDefault(field => field.Number == number).Value;

    public string Text(int number) => Encoding.UTF8.GetString(_fields.FirstOrDefault(field => field.Number == number).Bytes.Span);

    public string Hex(int number) => Convert.ToHexStringLower(_fields.FirstOrDefault(field => field.Number == number).Bytes.Span);

    private static ulong Varint(ref ReadOnlyMemory<byte> data)
    {
        var value = 0UL;
        for (var index = 0; ; index++)
        {
            var part = data.Span[index];
            value |= (ulong)(part & 0x7F) << (7 * index);
            if (part < 0x80)
            {
                data = data[(index + 1)..];
                return value;
            }
        }
    }
}
