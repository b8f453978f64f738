using System.Text;
using Stack.Hosting.Observation;

namespace Hosting.Tests.Observation;

public sealed class LineSplitterTests
{
    private readonly SteppedTime _time = new();
    private readonly List<LogLine> _lines = [];

    [Fact]
    public void Lines_are_cut_at_line_breaks_and_keep_their_offsets()
    {
        var splitter = new LineSplitter(1000, _time);

        splitter.Add("one\r\n\ntw"u8, _lines);
        splitter.Add("o\nthr"u8, _lines);

        _lines.ShouldBe([new LogLine(1000, "one"), new LogLine(1005, ""), new LogLine(1006, "two")]);
        splitter.NextOffset.ShouldBe(1013);
    }

    [Fact]
    public void Character_that_two_readings_share_is_not_spoilt_wherever_they_are_cut()
    {
        var bytes = Encoding.UTF8.GetBytes("a€ü🚀z\n");
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            _lines.Clear();
            var splitter = new LineSplitter(0, _time);

            splitter.Add(bytes.AsSpan(0, cut), _lines);
            splitter.Add(bytes.AsSpan(cut), _lines);

            _lines.ShouldBe([new LogLine(0, "a€ü🚀z")]);
        }
    }

    [Fact]
    public void Character_that_the_flush_of_an_unfinished_line_would_cut_waits_for_its_rest()
    {
        var bytes = Encoding.UTF8.GetBytes("a🚀z\n");
        var splitter = new LineSplitter(0, _time);

        splitter.Add(bytes.AsSpan(0, 3), _lines);
        _time.Step(LineSplitter.PartialAfter);
        splitter.FlushIdle(_lines);
        splitter.Add(bytes.AsSpan(3), _lines);

        _lines.ShouldBe([new LogLine(0, "a"), new LogLine(1, "🚀z")]);
    }

    [Fact]
    public void Unfinished_line_is_given_out_after_100_ms_without_more_of_it()
    {
        var splitter = new LineSplitter(0, _time);
        splitter.Add("first\nPassword: "u8, _lines);

        _time.Step(TimeSpan.FromMilliseconds(99));
        splitter.FlushIdle(_lines);
        _lines.ShouldBe([new LogLine(0, "first")]);

        _time.Step(TimeSpan.FromMilliseconds(1));
        splitter.FlushIdle(_lines);
        splitter.FlushIdle(_lines);
        splitter.Add("x\n"u8, _lines);
        _lines.ShouldBe([new LogLine(0, "first"), new LogLine(6, "Password: "), new LogLine(16, "x")]);
    }

    [Fact]
    public void Line_of_a_megabyte_is_cut_at_64_KB_and_nothing_of_it_is_lost()
    {
        var text = string.Concat(Enumerable.Repeat("0123456789abcdeü", 64 * 1024));
        var splitter = new LineSplitter(0, _time);

        foreach (var block in Encoding.UTF8.GetBytes(text + "\nnext\n").Chunk(10_007))
        {
            splitter.Add(block, _lines);
        }

        _lines[^1].Text.ShouldBe("next");
        var parts = _lines[..^1];
        string.Concat(parts.Select(l => l.Text)).ShouldBe(text);
        parts.ShouldAllBe(l => Encoding.UTF8.GetByteCount(l.Text) <= LineSplitter.MaxLine);
        parts.Count.ShouldBe((Encoding.UTF8.GetByteCount(text) / LineSplitter.MaxLine) + 1);
        for (var i = 1; i < parts.Count; i++)
        {
            parts[i].Offset.ShouldBe(parts[i - 1].Offset + Encoding.UTF8.GetByteCount(parts[i - 1].Text));
        }
    }

    [Fact]
    public void What_is_no_UTF_8_is_replaced_and_NULs_stay()
    {
        var splitter = new LineSplitter(0, _time);

        splitter.Add([(byte)'a', 0xFF, 0, 0xC3, (byte)'b', (byte)'\n', 0xC3], _lines);
        splitter.FlushAll(_lines);

        _lines.ShouldBe([new LogLine(0, "a\uFFFD\0\uFFFDb"), new LogLine(6, "\uFFFD")]);
    }

    [Fact]
    public void Line_without_any_whole_character_is_given_out_all_the_same()
    {
        var splitter = new LineSplitter(0, _time);

        splitter.Add([0xE2], _lines);
        _time.Step(LineSplitter.PartialAfter);
        splitter.FlushIdle(_lines);

        _lines.ShouldBe([new LogLine(0, "\uFFFD")]);
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Step(TimeSpan span) => _now += span.Ticks;
    }
}
