using Hosting.Tests.Observation;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;

namespace Hosting.Tests.Supervision;

public sealed class LastWordsTests : IDisposable
{
    private readonly RotationFolder _folder = new(HeadCutWay.Collapse);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Last_lines_are_those_of_this_process_alone()
    {
        _folder.Append("of the one before\n");
        var start = LastWords.Begin(_folder.LogPath, 2);
        LastWords.Read(_folder.LogPath, start).ShouldBeEmpty();

        _folder.Append("one\r\ntwo");

        LastWords.Read(_folder.LogPath, start).ShouldBe(["one", "two"]);
        LogFile.At(_folder.LogPath).GenerationAt(start).ShouldBe(2);
    }

    [Fact]
    public void Last_lines_are_found_when_the_log_was_rotated_since_the_launch()
    {
        _folder.Append(RotationFolder.Lines(0, 200));
        var start = LastWords.Begin(_folder.LogPath, 2);
        _folder.Append(RotationFolder.Lines(200, 100));

        LogFile.At(_folder.LogPath).Rotate(9500, 3, _folder.Cutter, DateTimeOffset.UnixEpoch);
        _folder.Append("the end\n");

        LastWords.Read(_folder.LogPath, start).ShouldBe([.. RotationFolder.Lines(281, 19).TrimEnd('\n').Split('\n'), "the end"]);
    }

    [Fact]
    public void Of_an_unhandled_exception_the_reason_is_told_before_its_stack()
    {
        var start = LastWords.Begin(_folder.LogPath, 1);
        _folder.Append("starting\nUnhandled exception. System.IO.InvalidDataException: Failed to load 'appsettings.json'.\n" + RotationFolder.Lines(0, 40));

        LastWords.Read(_folder.LogPath, start).ShouldBe(
            ["Unhandled exception. System.IO.InvalidDataException: Failed to load 'appsettings.json'.", .. RotationFolder.Lines(0, 19).TrimEnd('\n').Split('\n')]);
    }

    [Fact]
    public void Log_that_can_not_be_read_has_no_last_words()
    {
        var start = LastWords.Begin("/nowhere/site-8001.log", 1);

        start.ShouldBe(0);
        LastWords.Read("/nowhere/site-8001.log", start).ShouldBeEmpty();
    }
}
