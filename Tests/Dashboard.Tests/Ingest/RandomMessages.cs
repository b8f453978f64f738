using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Stack.Dashboard.Tests.Ingest;

/// <summary>Messages with something in every field, of any depth; the same seed makes the same message.</summary>
internal sealed class RandomMessages(int seed)
{
    private static readonly string[] Texts =
        ["", "x", "Order {Id} sent", "quote \" back \\ line \n zero \0", "ä€\U0001F600", "</script>", "{OriginalFormat}", "SpanId", "service.name", "http.route"];

    private readonly Random _random = new(seed);

    public T Make<T>()
        where T : IMessage, new()
    {
        var message = new T();
        Fill(message, 0);
        return message;
    }

    private void Fill(IMessage message, int depth)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(_ => _random.Next(10) > 0))
        {
            if (field.IsRepeated)
            {
                var list = (System.Collections.IList)field.Accessor.GetValue(message);
                for (var i = _random.Next(depth > 8 ? 1 : 4); i > 0; i--)
                {
                    list.Add(Value(field, depth));
                }
            }
            // Of several that exclude each other the last one stays; with all of them in it would always be the same.
            else if ((field.RealContainingOneof is null || _random.Next(3) == 0) && !(depth > 12 && field.FieldType == FieldType.Message))
            {
                field.Accessor.SetValue(message, Value(field, depth));
            }
        }
    }

    private object Value(FieldDescriptor field, int depth)
    {
        switch (field.FieldType)
        {
            case FieldType.Message:
                var message = field.MessageType.Parser.ParseFrom(ReadOnlySpan<byte>.Empty);
                Fill(message, depth + 1);
                return message;
            case FieldType.String:
                return Texts[_random.Next(Texts.Length)];
            case FieldType.Bytes:
                var bytes = new byte[field.Name == "trace_id" ? 16 : field.Name.EndsWith("_id", StringComparison.Ordinal) ? 8 : _random.Next(20)];
                _random.NextBytes(bytes);
                return ByteString.CopyFrom(bytes);
            case FieldType.Bool:
                return _random.Next(2) == 0;
            case FieldType.Double:
                return _random.Next(8) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => double.NegativeInfinity, 3 => 5.0, _ => (_random.NextDouble() - 0.5) * 1e6 };
            case FieldType.Fixed64 or FieldType.UInt64:
                return _random.Next(3) == 0 ? 0UL : (ulong)_random.NextInt64(1_700_000_000_000_000_000, 1_900_000_000_000_000_000);
            case FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64:
                return _random.Next(3) == 0 ? long.MinValue : _random.NextInt64();
            case FieldType.UInt32:
                return (uint)_random.Next(2);
            default:
                return _random.Next(-3, 25);
        }
    }
}
