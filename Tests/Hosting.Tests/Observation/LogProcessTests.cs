using System.Text;
using System.Text.RegularExpressions;
using Hosting.Tests.Control;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Observation;

/// <summary>Logs of real processes that write at full speed.</summary>
[Trait("kind", "process")]
public sealed class LogProcessTests : IAsyncDisposable
{
    private readonly LogWriters _writers = new();

    public ValueTask DisposeAsync() => _writers.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public Task Every_line_is_read_once_and_in_order_over_rotations(int children) => _writers.FloodAsync(children, lines: 60_000, maxBytes: 512 * 1024);

    [Theory]
    [InlineData(null)]
    [InlineData("/dev/shm")]   // a tmpfs: another way to cut
    public async Task Rotation_killed_in_the_middle_neither_loses_nor_doubles_a_line(string? place)
    {
        await using var writers = new LogWriters(place);
        await writers.FloodAndKillRotationAsync(kills: 5);
    }

    [Fact]
    public async Task Where_a_log_has_to_be_emptied_as_a_whole_that_is_said_and_nothing_is_doubled_or_out_of_its_turn()
    {
        const int lines = 100_000;
        var logger = new RecordingLogger();
        var rotation = LogWriters.Rotation(_writers.Folder, logger, HeadCutWay.Truncate);
        rotation.Watch(_writers.LogPath("site-8001"), new LogLimits(256 * 1024, 1000));
        var log = LogFile.At(_writers.LogPath("site-8001"));
        var writer = await _writers.LaunchAsync(log.Path, ActorProgram.Path, "flood", $"{lines}", "64", "100");
        while (!writer.Exited.IsCompleted)
        {
            rotation.Look();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        logger.Entries.Where(e => e.Id == 4203).Select(e => e.Message).ShouldBe([
            $"The file system of '{_writers.Folder}' has no way to cut off the head of a file. Console logs are copied and emptied when they are rotated; lines that are written in that moment are lost."]);
        log.Look().Archives.Count.ShouldBeGreaterThan(3);
        var tail = new LogLines("site-8001", LogTail.FromOffset(log.Path, 0), TimeProvider.System);
        var (last, read) = (-1L, 0);
        while (tail.Read(last: true))
        {
            foreach (var line in tail.Lines.Where(l => l.Text.Length == 63 && l.Dropped == 0))
            {
                var number = long.Parse(line.Text[..10]);
                number.ShouldBeGreaterThan(last);
                (last, read) = (number, read + 1);
            }
        }

        read.ShouldBeInRange(lines / 2, lines);
    }

    [Fact]
    public async Task Standard_output_and_error_keep_their_order()
    {
        await _writers.RunAsync("site-8001", ActorProgram.Path, "in-turn", "2000");

        File.ReadAllLines(_writers.LogPath("site-8001")).ShouldBe(Enumerable.Range(0, 2000).Select(i => $"{i}"));
    }

    [Fact]
    public async Task What_is_no_text_is_kept_as_it_is_and_shown_in_parts()
    {
        await _writers.RunAsync("site-8001", "/bin/sh", "-c", @"printf 'a\000b\377\r\n'; head -c 1048576 /dev/zero | tr '\000' x; printf '\303\274\nlast'");

        byte[] expected = [.. "a\0b"u8, 0xFF, (byte)'\r', (byte)'\n', .. Enumerable.Repeat((byte)'x', 1 << 20), 0xC3, 0xBC, (byte)'\n', .. "last"u8];
        (await File.ReadAllBytesAsync(_writers.LogPath("site-8001"))).SequenceEqual(expected).ShouldBeTrue();
        var lines = new LogLines("site-8001", LogTail.FromOffset(_writers.LogPath("site-8001"), 0), TimeProvider.System);
        List<LogLine> all = [];
        for (var more = true; more; all.AddRange(lines.Lines))
        {
            more = lines.Read(last: true);
        }

        all[0].Text.ShouldBe("a\0b\uFFFD");
        all[^1].ShouldBe(new LogLine(expected.Length - 4, "last"));
        all[^2].Text.ShouldBe("ü");
        all[1..^2].ShouldAllBe(l => l.Text.Length == LineSplitter.MaxLine);
        all.Count.ShouldBe(1 + 16 + 1 + 1);
    }

    [Fact]
    public async Task Reader_that_is_too_slow_holds_up_nobody_and_is_told_what_it_has_missed()
    {
        const int lines = 200_000;
        await using var harness = await ControlHarness.StartAsync();
        var path = harness.LogFile("site-8001");
        var rotation = LogWriters.Rotation(Path.GetDirectoryName(path)!);
        rotation.Watch(path, new LogLimits(1 << 20, 1));
        using var response = await harness.Client.GetAsync("logs/site-8001?follow=true", HttpCompletionOption.ResponseHeadersRead);
        var writer = await _writers.LaunchAsync(path, ActorProgram.Path, "flood", $"{lines}", "64");

        // Nothing is read meanwhile.
        while (!writer.Exited.IsCompleted)
        {
            rotation.Look();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        (await writer.Exited).ShouldBe(new ExitFacts(ExitKind.Code, 0));
        var log = LogFile.At(path).Look();
        log.End.ShouldBe(lines * 64L);
        log.First.ShouldBeGreaterThan(lines * 32L);
        await using var body = await response.Content.ReadAsStreamAsync();
        var received = new MemoryStream();
        var last = Encoding.ASCII.GetBytes($"{lines - 1:0000000000}{new string('.', 53)}\n");
        while (!received.GetBuffer().AsSpan(0, (int)received.Length).EndsWith(last))
        {
            await CopySomeAsync(body, received, atLeast: 1);
        }

        var text = Encoding.ASCII.GetString(received.ToArray());
        var gaps = Regex.Matches(text, @"\n\[(?<bytes>\d+) bytes of the log are missing here\]\n", RegexOptions.None, Wait.Patience);
        gaps.Count.ShouldBeGreaterThan(0);
        (text.Length - gaps.Sum(g => g.Length) + gaps.Sum(g => long.Parse(g.Groups["bytes"].Value))).ShouldBe(lines * 64L);
    }

    [Fact]
    public async Task Followed_log_brings_every_byte_once_over_rotations_and_a_restart_of_the_reader()
    {
        const int lines = 100_000;
        await using var harness = await ControlHarness.StartAsync();
        var path = harness.LogFile("site-8001");
        var rotation = LogWriters.Rotation(Path.GetDirectoryName(path)!);
        rotation.Watch(path, new LogLimits(256 * 1024, 100));
        var writer = await _writers.LaunchAsync(path, ActorProgram.Path, "flood", $"{lines}", "64");
        using var stop = new CancellationTokenSource();
        var rotating = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                rotation.Look();
                await Task.Delay(TimeSpan.FromMilliseconds(3), TimeProvider.System);
            }
        });

        var received = new MemoryStream();
        var random = new Random(42);
        while (received.Length < lines * 64L)
        {
            using var response = await harness.Client.GetAsync($"logs/site-8001?follow=true&offset={received.Length}", HttpCompletionOption.ResponseHeadersRead);
            response.Headers.GetValues("X-Stack-Offset").Single().ShouldBe($"{received.Length}");
            await using var body = await response.Content.ReadAsStreamAsync();
            await CopySomeAsync(body, received, atLeast: Math.Min(random.Next(1, 2_000_000), (lines * 64L) - received.Length));
        }

        await stop.CancelAsync();
        await rotating.Within();
        await writer.Exited.Within();
        LogFile.At(path).Look().Archives.Count.ShouldBeGreaterThan(5);
        var text = Encoding.ASCII.GetString(received.ToArray());
        text.ShouldBe(string.Concat(Enumerable.Range(0, lines).Select(i => $"{i:0000000000}{new string('.', 53)}\n")));
    }

    private static async Task CopySomeAsync(Stream from, MemoryStream to, long atLeast)
    {
        var block = new byte[64 * 1024];
        for (var bytes = atLeast; bytes > 0;)
        {
            var read = await from.ReadAsync(block).AsTask().Within(what: "the next bytes of the log");
            read.ShouldBeGreaterThan(0);
            to.Write(block, 0, read);
            bytes -= read;
        }
    }
}
