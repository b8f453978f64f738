using System.Buffers;
using System.Text;

namespace Stack.Dashboard.Web.Control;

/// <summary>Cuts a stream of UTF-8 bytes into lines; a character that arrives in two pieces stays whole.</summary>
internal sealed class LineSplitter(int maxLineBytes)
{
    private readonly ArrayBufferWriter<byte> _partial = new();

    /// <summary>True while the last line has no end yet.</summary>
    public bool HasPartial => _partial.WrittenCount > 0;

    /// <summary>Takes the next bytes and adds each line that is now complete to <paramref name="lines"/>.</summary>
    public void Add(ReadOnlySpan<byte> bytes, List<string> lines)
    {
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var room = maxLineBytes - _partial.WrittenCount;
            if (end < 0 && bytes.Length <= room)
            {
                _partial.Write(bytes);
                return;
            }

            var cut = end >= 0 && end <= room;
            var length = cut ? end : room;
            _partial.Write(bytes[..length]);
            lines.Add(TakePartial());
            bytes = bytes[(cut ? length + 1 : length)..];
        }
    }

    /// <summary>The unfinished line, which is then forgotten.</summary>
    public string TakePartial()
    {
        var text = Encoding.UTF8.GetString(_partial.WrittenSpan);
        _partial.ResetWrittenCount();
        return text.TrimEnd('\r');
    }
}
