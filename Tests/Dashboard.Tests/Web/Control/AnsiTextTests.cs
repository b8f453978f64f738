using Stack.Dashboard.Web.Control;

namespace Stack.Dashboard.Tests.Web.Control;

public sealed class AnsiTextTests
{
    private const string Esc = "\u001b";
    private const string Alphabet = "\u001b[]0123456789;:mABPX\\\u0007\u009b\u009cab <";

    private readonly AnsiText _ansi = new();

    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("\u001b[31mred\u001b[0m plain", "red{f1}| plain")]
    [InlineData("\u001b[1;4;92mloud\u001b[m", "loud{f10 bold undl}")]
    [InlineData("\u001b[30;41mfail\u001b[39;49m: x", "fail{f0 b1}|: x")]
    [InlineData("\u001b[2mdim\u001b[22m \u001b[3mital\u001b[23m \u001b[7minv\u001b[27m.", "dim{dim}| |ital{ital}| |inv{inv}|.")]
    [InlineData("\u001b[38;5;196mred\u001b[39m", "red{f1}")]
    [InlineData("\u001b[38;5;4mblue", "blue{f4}")]
    [InlineData("\u001b[48;5;255mwhite", "white{b15}")]
    [InlineData("\u001b[38;2;255;0;0mred", "red{f1}")]
    [InlineData("\u001b[38:2:0:0:0mblack", "black{f0}")]
    [InlineData("\u001b[38;2;1mcut", "cut")]
    [InlineData("\u001b[38;5;999mno such colour", "no such colour")]
    [InlineData("\u001b[1;;mreset", "reset")]
    [InlineData("\u001b[99999999999mhuge", "huge")]
    [InlineData("a\u001b[2K\u001b[1;5Hb\u001b[?25lc", "abc")]
    [InlineData("\u001b]0;title\u0007text", "text")]
    [InlineData("\u001b]8;;http://evil/\u001b\\link\u001b]8;;\u001b\\", "link")]
    [InlineData("\u001b]never ends", "")]
    [InlineData("\u001bPdevice control\u001b\\x", "x")]
    [InlineData("\u001b(Bx\u001b=y\u001b7z", "xyz")]
    [InlineData("\u009b31mred", "red{f1}")]
    [InlineData("a\bb\u0007c\u0000d\te\u007f", "abcd\te")]
    [InlineData("end\u001b", "end")]
    [InlineData("end\u001b[", "end")]
    [InlineData("end\u001b[3", "end")]
    [InlineData("<script>alert(1)</script>", "<script>alert(1)</script>")]
    public void Line_becomes_runs_of_text_with_classes(string line, string expected)
    {
        var runs = _ansi.Parse(line);

        string.Join('|', runs.Select(r => r.Classes is null ? r.Text : $"{r.Text}{{{r.Classes}}}")).ShouldBe(expected);
    }

    [Fact]
    public void Colour_goes_on_over_the_line_end_until_it_is_reset()
    {
        _ansi.Parse($"{Esc}[33mfirst").ShouldBe([new AnsiRun("first", "f3")]);
        _ansi.Parse("second").ShouldBe([new AnsiRun("second", "f3")]);
        _ansi.Parse($"{Esc}[0mthird").ShouldBe([new AnsiRun("third", null)]);
    }

    [Fact]
    public void Same_colour_again_does_not_cut_the_text()
    {
        _ansi.Parse($"{Esc}[32mone {Esc}[32mtwo").ShouldBe([new AnsiRun("one two", "f2")]);
    }

    [Fact]
    public void Mixed_lines_of_replicas_keep_their_own_colours()
    {
        var screen = new AnsiScreen();

        screen.Parse("site-8001", $"{Esc}[31mred").ShouldBe([new AnsiRun("red", "f1")]);
        screen.Parse("site-8002", "plain").ShouldBe([new AnsiRun("plain", null)]);
        screen.Parse("site-8001", "still red").ShouldBe([new AnsiRun("still red", "f1")]);
    }

    [Fact]
    public void Whatever_comes_no_control_character_is_left()
    {
        var random = new Random(20131);
        for (var round = 0; round < 2000; round++)
        {
            var line = string.Concat(Enumerable.Range(0, 40).Select(_ => Alphabet[random.Next(Alphabet.Length)]));

            var text = string.Concat(_ansi.Parse(line).Select(r => r.Text));

            text.Any(char.IsControl).ShouldBeFalse(line);
        }
    }
}
