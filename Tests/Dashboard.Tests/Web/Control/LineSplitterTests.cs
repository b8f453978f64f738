using System.Text;
using Stack.Dashboard.Web.Control;

namespace Stack.Dashboard.Tests.Web.Control;

public sealed class LineSplitterTests
{
    private readonly List<string> _lines = [];

    [Fact]
    public void Lines_are_whole_wherever_the_blocks_are_cut()
    {
        var bytes = Encoding.UTF8.GetBytes("één\r\n\nzwei – drei\nrest");
        for (var size = 1; size <= bytes.Length; size++)
        {
            var splitter = new LineSplitter(1000);
            _lines.Clear();
            foreach (var block in bytes.Chunk(size))
            {
                splitter.Add(block, _lines);
            }

            _lines.ShouldBe(["één", "", "zwei – drei"]);
            splitter.HasPartial.ShouldBeTrue();
            splitter.TakePartial().ShouldBe("rest");
            splitter.HasPartial.ShouldBeFalse();
        }
    }

    [Fact]
    public void Endless_line_is_cut_and_not_collected()
    {
        var splitter = new LineSplitter(10);

        splitter.Add(Encoding.UTF8.GetBytes(new string('x', 25) + "\nnext\n"), _lines);

        _lines.ShouldBe([new string('x', 10), new string('x', 10), new string('x', 5), "next"]);
    }

    [Fact]
    public void Line_exactly_as_long_as_allowed_is_one_line()
    {
        var splitter = new LineSplitter(4);

        splitter.Add("abcd\nabc\n"u8, _lines);

        _lines.ShouldBe(["abcd", "abc"]);
    }
}
