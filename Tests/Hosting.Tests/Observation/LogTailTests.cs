using System.Text;
using Stack.Hosting.Observation;

namespace Hosting.Tests.Observation;

public sealed class LogTailTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("log-").FullName;

    private string LogFile => Path.Combine(_folder, "site-8001.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void File_that_is_not_there_yet_is_read_when_it_comes()
    {
        var tail = LogTail.FromOffset(LogFile, 0);
        var buffer = new byte[100];

        tail.Read(buffer, out _).ShouldBe(0);
        File.WriteAllText(LogFile, "hello\n");

        tail.Read(buffer, out _).ShouldBe(6);
        tail.Offset.ShouldBe(6);
        tail.Read(buffer, out _).ShouldBe(0);
    }

    [Fact]
    public void Last_lines_are_found_across_blocks_without_the_rest()
    {
        var line = new string('x', 1000);
        File.WriteAllText(LogFile, string.Concat(Enumerable.Range(0, 500).Select(i => $"{i:000} {line}\n")));

        for (var lines = 1; lines <= 500; lines += 83)
        {
            var text = ReadAll(LogTail.FromLastLines(LogFile, lines));

            text.Split('\n').Length.ShouldBe(lines + 1);
            text.ShouldStartWith($"{500 - lines:000} ");
        }
    }

    [Theory]
    [InlineData("a\nb\nc", 1, "c")]
    [InlineData("a\nb\nc", 2, "b\nc")]
    [InlineData("a\n\n\n", 2, "\n\n")]
    [InlineData("\n", 1, "\n")]
    [InlineData("", 3, "")]
    [InlineData("a", 3, "a")]
    public void Unfinished_last_line_counts_as_one(string text, int lines, string expected)
    {
        File.WriteAllText(LogFile, text);

        ReadAll(LogTail.FromLastLines(LogFile, lines)).ShouldBe(expected);
    }

    [Fact]
    public void Last_lines_of_a_file_that_is_not_there_are_none()
    {
        LogTail.FromLastLines(LogFile, 10).Offset.ShouldBe(0);
    }

    [Fact]
    public void File_that_was_made_anew_is_read_from_its_beginning_and_its_offsets_go_on()
    {
        File.WriteAllText(LogFile, "a long line of before\n");
        var lines = new LogLines("site-8001", LogTail.FromOffset(LogFile, 0), TimeProvider.System);
        lines.Read(last: false);

        File.Delete(LogFile);
        File.WriteAllText(LogFile, "new\n");

        lines.Read(last: false).ShouldBeTrue();
        lines.Lines.ShouldBe([new LogLine(22, "new")]);
    }

    [Fact]
    public void Log_that_is_not_followed_ends_where_it_ended_at_first()
    {
        File.WriteAllText(LogFile, "one\n");
        var tail = LogTail.FromOffset(LogFile, 0);
        tail.EndHere();

        File.AppendAllText(LogFile, "two\n");

        ReadAll(tail).ShouldBe("one\n");
    }

    private static string ReadAll(LogTail tail)
    {
        var bytes = new List<byte>();
        var block = new byte[LogTail.BlockSize];
        while (tail.Read(block, out _) is var read and > 0)
        {
            bytes.AddRange(block.AsSpan(0, read));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
