using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Nginx.AccessLog;
using Testing;

namespace Stack.Hosting.Nginx.Tests.AccessLog;

/// <summary>Reading and rotating, on real files, with a clock that the test moves.</summary>
public sealed class AccessLogReaderTests : IDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    private readonly TempFolder _temp = new();
    private readonly ManualTimeProvider _time = new();
    private readonly AccessLogFiles _files;
    private AccessLogReader _reader;
    private AccessLogPosition? _position;

    public AccessLogReaderTests()
    {
        _files = new AccessLogFiles(_temp.Path);
        _reader = NewReader();
    }

    public void Dispose()
    {
        _reader.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void Without_a_file_there_is_nothing() => Next().ShouldBeNull();

    [Fact]
    public void Only_whole_lines_are_read_and_each_once()
    {
        Write(_files.Live, "one\ntw");

        Next().ShouldBe("one\n");
        Next().ShouldBeNull();
        Write(_files.Live, "o\nthree\n");
        Next().ShouldBe("two\nthree\n");
        Next().ShouldBeNull();
    }

    [Fact]
    public void What_was_not_taken_is_read_again()
    {
        Write(_files.Live, "one\n");

        Text(_reader.Read()).ShouldBe("one\n");
        Text(_reader.Read()).ShouldBe("one\n");
    }

    [Fact]
    public void Another_reader_goes_on_at_the_position_that_was_kept()
    {
        Write(_files.Live, "one\n");
        Next();
        _position!.Value.Save(_files.PositionFile);
        Write(_files.Live, "two\n");

        Reopen(AccessLogPosition.Load(_files.PositionFile));

        Next().ShouldBe("two\n");
    }

    [Fact]
    public void A_file_that_is_put_aside_is_read_to_its_end_before_the_next()
    {
        Write(_files.Live, "one\n");
        Next();
        _files.Rotate();
        Write(_files.Previous, "late\n");
        Write(_files.Live, "two\n");

        Next().ShouldBe("late\n");
        Next().ShouldBeNull();
        Write(_files.Previous, "later\n");
        _time.Advance(Settling - TimeSpan.FromSeconds(1));
        Next().ShouldBe("later\n");
        _time.Advance(Settling - TimeSpan.FromSeconds(1));
        Next().ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));
        Next().ShouldBe("two\n");
        Next().ShouldBeNull();
    }

    [Fact]
    public void Several_files_that_were_put_aside_meanwhile_are_read_in_order()
    {
        Write(_files.Live, "one\n");
        Next();
        _reader.Dispose();
        Write(_files.Live, "two\n");
        _files.Rotate();
        Write(_files.Live, "three\n");
        _files.Rotate();
        Write(_files.Live, "four\n");

        Reopen(_position);

        All(3).ShouldBe("two\nthree\nfour\n");
    }

    [Fact]
    public async Task When_the_file_of_the_position_is_gone_those_that_were_made_after_it_are_read()
    {
        Write(_files.Live, "old\n");
        _files.Rotate();
        Write(_files.Live, "one\n");
        Reopen(new AccessLogPosition(Observation.FileCalls.Stat(_files.Live)!.Value.Identity, 4));
        File.Delete(_files.Live);

        // The file system tells births apart by the ticks of the kernel.
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        Write(_files.Live, "two\n");

        Next().ShouldBe("two\n");
        Next().ShouldBeNull();
    }

    [Fact]
    public void A_file_that_was_deleted_is_read_to_its_end_and_then_the_one_in_its_place()
    {
        using var nginx = new FileStream(_files.Live, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        nginx.Write("one\n"u8);
        nginx.Flush();
        Next().ShouldBe("one\n");

        File.Delete(_files.Live);
        nginx.Write("two\n"u8);
        nginx.Flush();
        _files.Create();
        Write(_files.Live, "three\n");

        Next().ShouldBe("two\n");
        Next().ShouldBeNull();
        _time.Advance(Settling);
        Next().ShouldBe("three\n");
    }

    [Fact]
    public void A_file_that_was_emptied_is_read_from_its_beginning()
    {
        Write(_files.Live, "one\ntwo\n");
        Next();

        File.WriteAllText(_files.Live, "");
        Next().ShouldBeNull();
        Write(_files.Live, "three\n");

        Next().ShouldBe("three\n");
    }

    [Fact]
    public void No_more_than_a_batch_is_read_at_once_and_a_line_without_end_is_passed_over()
    {
        var line = new string('x', 999) + "\n";
        Write(_files.Live, string.Concat(Enumerable.Repeat(line, 2000)));

        Next()!.Length.ShouldBeInRange(500_000, 512 * 1024);
        while (Next() is not null)
        {
        }

        Write(_files.Live, new string('y', 1_200_000) + "\none\n");
        var rest = "";
        while (Next() is { } read)
        {
            read.Length.ShouldBeLessThanOrEqualTo(512 * 1024);
            rest = read;
        }

        rest.ShouldEndWith("\none\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("1 2")]
    [InlineData("1 2 3 4")]
    [InlineData("-1 2 3\n")]
    [InlineData("1 2 -3\n")]
    public void A_position_that_makes_no_sense_is_none(string text)
    {
        File.WriteAllText(_files.PositionFile, text);

        AccessLogPosition.Load(_files.PositionFile).ShouldBeNull();
    }

    [Fact]
    public void A_large_file_is_put_aside_with_those_before_it_and_Nginx_is_told()
    {
        var told = 0;
        AccessLogRotation rotation = new(_files, new AccessLogSettings { RotateAt = 10, Settling = Settling }, () => told++, _time, NullLogger.Instance);

        rotation.Check();
        (told, File.Exists(_files.Live)).ShouldBe((1, true));
        for (var number = 1; number <= 5; number++)
        {
            Write(_files.Live, $"line {number} is long\n");
            rotation.Check();
            rotation.Check();
        }

        told.ShouldBe(6);
        Directory.GetFiles(_temp.Path, "access.json*").Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["access.json", "access.json.1", "access.json.2", "access.json.3"]);
        File.ReadAllText(_files.Previous).ShouldBe("line 5 is long\n");
        File.ReadAllText($"{_files.Live}.3").ShouldBe("line 3 is long\n");
        File.GetUnixFileMode(_files.Live).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Nginx_is_told_again_when_it_goes_on_with_the_old_file()
    {
        var told = 0;
        AccessLogRotation rotation = new(_files, new AccessLogSettings { RotateAt = 10, Settling = Settling }, () => told++, _time, NullLogger.Instance);
        Write(_files.Live, "a line that is long\n");
        rotation.Check();
        told.ShouldBe(1);

        Check();
        Write(_files.Previous, "late\n");
        Check();
        told.ShouldBe(1, "it may take a while");
        _time.Advance(Settling);
        Check();
        told.ShouldBe(1, "it has stopped");
        _time.Advance(Settling);
        Write(_files.Previous, "still\n");
        Check();
        told.ShouldBe(2);

        void Check()
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            rotation.Check();
        }
    }

    [Fact]
    public void A_folder_that_is_gone_is_told_once_and_no_end()
    {
        RecordingLogger logger = new();
        _temp.Dispose();
        AccessLogRotation rotation = new(_files, new AccessLogSettings(), () => { }, _time, logger);

        rotation.Check();
        rotation.Check();

        logger.Entries.ShouldHaveSingleItem();
        Next().ShouldBeNull();
        Directory.CreateDirectory(_temp.Path);
    }

    private AccessLogReader NewReader() => new(_files, _position, Settling, _time, NullLogger.Instance);

    private void Reopen(AccessLogPosition? position)
    {
        _reader.Dispose();
        _position = position;
        _reader = NewReader();
    }

    /// <summary>Reads, and has it taken.</summary>
    private string? Next()
    {
        if (_reader.Read() is not { } read)
        {
            return null;
        }

        _position = read.End;
        _reader.Advance(read.End);
        return Text(read);
    }

    private string All(int reads)
    {
        StringBuilder all = new();
        for (var read = 0; read < reads; read++)
        {
            all.Append(Next());
            Next().ShouldBeNull();
            _time.Advance(Settling);
        }

        return all.ToString();
    }

    private static string? Text((ReadOnlyMemory<byte> Lines, AccessLogPosition End)? read) => read is { } found ? Encoding.UTF8.GetString(found.Lines.Span) : null;

    private static void Write(string path, string text) => File.AppendAllText(path, text);
}
