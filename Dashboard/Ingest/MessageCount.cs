using Google.Protobuf.Reflection;

namespace Stack.Dashboard.Ingest;

/// <summary>Bounds how many objects a body becomes: an empty message takes two bytes there and a hundred in memory.</summary>
internal static class MessageCount
{
    private const int Max = 1_000_000;
    private const int MaxDepth = 100;

    /// <exception cref="IngestException">There are too many.</exception>
    public static void Check(int messages)
    {
        if (messages > Max)
        {
            throw new IngestException(Refusal.TooLarge, $"The body holds more than {Max} objects. Send smaller batches.");
        }
    }

    /// <summary>Looks through protobuf before it is parsed; what is too short to hold so many is not looked at.</summary>
    /// <exception cref="IngestException">There are too many.</exception>
    public static void Check(ReadOnlySpan<byte> message, MessageDescriptor descriptor)
    {
        if (message.Length / 2 > Max)
        {
            Check(Count(message, descriptor, 1));
        }
    }

    // What is malformed ends the count: the parser will not get further, and says what is wrong.
    private static int Count(ReadOnlySpan<byte> bytes, MessageDescriptor descriptor, int depth)
    {
        var count = 0;
        while (TryTakeNumber(ref bytes, out var tag))
        {
            switch (tag & 7)
            {
                case 0 when TryTakeNumber(ref bytes, out _):
                case 1 when TryTake(ref bytes, 8, out _):
                case 5 when TryTake(ref bytes, 4, out _):
                // Begin and end of a group: what is in it counts as if it stood here.
                case 3 or 4:
                    break;
                case 2 when TryTakeNumber(ref bytes, out var length) && TryTake(ref bytes, length, out var content):
                    if (depth < MaxDepth && descriptor.FindFieldByNumber((int)(tag >> 3)) is { FieldType: FieldType.Message } field)
                    {
                        count += 1 + Count(content, field.MessageType, depth + 1);
                    }

                    break;
                default:
                    return count;
            }
        }

        return count;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, ulong length, out ReadOnlySpan<byte> taken)
    {
        var fits = length <= (ulong)bytes.Length;
        taken = fits ? bytes[..(int)length] : [];
        bytes = fits ? bytes[(int)length..] : [];
        return fits;
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<byte> bytes, out ulong number)
    {
        number = 0;
        for (var i = 0; i < 10 && i < bytes.Length; i++)
        {
            number |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
