using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;
using Testing;
using static Hosting.Tests.Observation.RotationFolder;

namespace Hosting.Tests.Observation;

public sealed class LogRotationTests : IDisposable
{
    private readonly RotationFolder _folder = new(HeadCutWay.Collapse);
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger _logger = new();
    private long _free = long.MaxValue;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Log_is_rotated_when_it_is_longer_than_its_limit_and_not_before()
    {
        var rotation = Rotation();
        var log = Watch(rotation, "site-8001", 2 * Block, 3);
        Append(log, 2 * Block);
        rotation.Look();
        log.Look().Archives.ShouldBeEmpty();

        Append(log, 1);
        rotation.Look();

        log.Look().Archives.Select(a => a.Length).ShouldBe([2 * Block]);
        log.Look().Live.ShouldBe(1);
        Warnings().ShouldBeEmpty();
    }

    [Fact]
    public void Log_that_has_grown_by_several_limits_becomes_several_archives()
    {
        var rotation = Rotation();
        var log = Watch(rotation, "site-8001", Block, 5);
        Append(log, (4 * Block) + 10);

        rotation.Look();

        log.Look().Archives.Select(a => a.Length).ShouldBe([Block, Block, Block, Block]);
        ReadAll(log).Text.Length.ShouldBe((4 * Block) + 10);
    }

    [Theory]
    [InlineData(10_000, new[] { 2 * Block })]
    [InlineData(100, new[] { Block, Block })]
    public void Limit_need_not_be_a_number_of_blocks(long maxBytes, int[] archives)
    {
        var rotation = Rotation();
        var log = Watch(rotation, "site-8001", maxBytes, 200);
        Append(log, 10_001);

        rotation.Look();

        log.Look().Archives.Select(a => (int)a.Length).ShouldBe(archives);
        ReadAll(log).Text.Length.ShouldBe(10_001);
        Warnings().ShouldBeEmpty();
    }

    [Fact]
    public void What_grew_beyond_all_archives_is_dropped_and_counted()
    {
        var rotation = Rotation();
        var log = Watch(rotation, "site-8001", Block, 2);
        Append(log, (10 * Block) + 10);

        rotation.Look();

        (log.Look().End - log.Look().First).ShouldBeInRange(2 * Block, (3 * Block) + 10);
        Warnings().ShouldBe([
            $"{log.Look().First} bytes of the oldest console logs were dropped to keep Stack:Logs:TotalBytes and Stack:Logs:MinFreeBytes, or because a log grew faster than it is rotated."]);
    }

    [Fact]
    public void Limit_of_zero_never_rotates_and_zero_archives_keep_the_newest_bytes()
    {
        var rotation = Rotation();
        var endless = Watch(rotation, "endless", 0, 3);
        var bare = Watch(rotation, "bare", 2 * Block, 0);
        Append(endless, 20 * Block);
        Append(bare, (5 * Block) + 10);

        rotation.Look();

        endless.Look().Live.ShouldBe(20 * Block);
        bare.Look().Archives.ShouldBeEmpty();
        bare.Look().First.ShouldBe(3 * Block);
    }

    [Fact]
    public void All_logs_together_keep_their_limit_the_oldest_archive_first()
    {
        var rotation = Rotation(new LogSettings { TotalBytes = 8 * Block, MinFreeBytes = 0 });
        var one = Watch(rotation, "one", 2 * Block, 9);
        var two = Watch(rotation, "two", 2 * Block, 9);
        foreach (var log in (LogFile[])[one, two, one, two])
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            Append(log, (2 * Block) + 1);
            rotation.Look();
        }

        (one.Look().Archives.Count, two.Look().Archives.Count).ShouldBe((1, 2));
        one.Look().First.ShouldBe(2 * Block);
        two.Look().First.ShouldBe(0);
        Warnings().Count.ShouldBe(1);
    }

    [Fact]
    public void With_no_archive_left_the_heads_of_the_largest_files_go()
    {
        var rotation = Rotation(new LogSettings { TotalBytes = 40 * Block, MinFreeBytes = 0 });
        var small = Watch(rotation, "small", 0, 9);
        var large = Watch(rotation, "large", 0, 9);
        Append(small, 18 * Block);
        Append(large, (30 * Block) + 1);

        rotation.Look();

        small.Look().First.ShouldBe(0);
        large.Look().First.ShouldBe(8 * Block);
    }

    [Fact]
    public void Room_on_the_disk_is_made_by_archives_then_by_heads_and_the_last_words_stay()
    {
        var rotation = Rotation(new LogSettings { MinFreeBytes = 100 * Block });
        var log = Watch(rotation, "site-8001", 50 * Block, 9);
        Append(log, (60 * Block) + 1);
        rotation.Look();
        log.Look().Archives.Count.ShouldBe(1);

        _free = 90 * Block;
        rotation.Look();
        log.Look().Archives.ShouldBeEmpty();
        log.Look().First.ShouldBe(50 * Block);

        Append(log, 20 * Block);
        _free = 95 * Block;
        rotation.Look();
        log.Look().First.ShouldBe(55 * Block);

        _free = 0;
        rotation.Look();
        log.Look().Live.ShouldBeInRange(LogRotation.LeastKept, LogRotation.LeastKept + Block);
    }

    [Fact]
    public void Without_room_for_the_copy_the_head_is_dropped_instead()
    {
        var rotation = Rotation(new LogSettings { MinFreeBytes = 100 * Block });
        var log = Watch(rotation, "site-8001", 20 * Block, 9);
        Append(log, 30 * Block);
        _free = 110 * Block;

        rotation.Look();

        log.Look().Archives.ShouldBeEmpty();
        log.Look().First.ShouldBe(20 * Block);
    }

    [Fact]
    public void Rotation_that_fails_is_told_once_loses_nothing_and_is_made_up_for()
    {
        var rotation = Rotation();
        var log = Watch(rotation, "site-8001", Block, 9);
        var text = Lines(0, 300);
        File.AppendAllText(log.Path, text);
        Directory.CreateDirectory($"{log.Path}.json/in the way");

        for (var i = 0; i < 5; i++)
        {
            rotation.Look();
            _time.Advance(TimeSpan.FromSeconds(2));
            ReadAll(log).ShouldBe((0, text));
        }

        log.Look().Archives.ShouldBeEmpty();
        Warnings().Single().ShouldStartWith($"'{log.Path}' could not be looked after: ");
        Directory.Delete($"{log.Path}.json", recursive: true);
        rotation.Look();
        log.Look().Archives.Count.ShouldBe(2);
        ReadAll(log).ShouldBe((0, text));
    }

    [Fact]
    public async Task Loop_looks_each_two_seconds_takes_what_earlier_replicas_left_and_keeps_the_end_when_it_is_stopped()
    {
        using var stop = new CancellationTokenSource();
        var leftOver = LogFile.At(_folder.File("site-8009.log"));
        Append(leftOver, 100 * Block);
        var rotation = Rotation(new LogSettings { TotalBytes = 50 * Block, MinFreeBytes = 0 });
        var log = Watch(rotation, "site-8001", Block, 9);
        var running = rotation.RunAsync(stop.Token);
        leftOver.Look().Live.ShouldBe(50 * Block);

        Append(log, Block + 1);
        await Wait.Until(() => _time.NextDue is not null);
        _time.Advance(TimeSpan.FromSeconds(2));
        await Wait.Until(() => log.Look().First == Block);   // rotated, and its archive given up for the sum
        Append(log, 5);
        await stop.CancelAsync();
        await running.Within();

        LogRecord.Load($"{log.Path}.json")!.End.ShouldBe(Block + 6);
    }

    [Fact]
    public void Nobody_who_reads_means_that_nothing_is_read()
    {
        var rotation = Rotation();
        var log = Watch(rotation, "site-8001", 100 * Block, 9);
        Append(log, 10 * Block);
        rotation.Look();
        using var watch = new Accesses(Path.GetDirectoryName(log.Path)!);

        for (var i = 0; i < 100; i++)
        {
            rotation.Look();
        }

        watch.Count().ShouldBe(0);
        ReadAll(log);
        watch.Count().ShouldBeGreaterThan(0);
    }

    private LogRotation Rotation(LogSettings? settings = null) => new(Path.GetDirectoryName(_folder.LogPath)!, settings ?? new LogSettings { MinFreeBytes = 0 }, _time, new TypedLogger<LogRotation>(_logger)) { FreeBytes = () => _free };

    private LogFile Watch(LogRotation rotation, string name, long maxBytes, int backups)
    {
        var path = _folder.File($"{name}.log");
        rotation.Watch(path, new LogLimits(maxBytes, backups));
        return LogFile.At(path);
    }

    private static void Append(LogFile log, int bytes) => File.AppendAllText(log.Path, new string('x', bytes));

    private List<string> Warnings() => [.. _logger.Entries.Where(e => e.Level >= LogLevel.Warning).Select(e => e.Message)];

    /// <summary>Opened and read files of a folder, as the kernel tells them.</summary>
    private sealed class Accesses : IDisposable
    {
        private const int NonBlocking = 0x800;
        private const uint AccessOrOpenOfFiles = 0x1 | 0x20;
        private const uint OfFolder = 0x40000000;

        private readonly int _inotify = Init(NonBlocking);

        public Accesses(string folder) => AddWatch(_inotify, folder, AccessOrOpenOfFiles).ShouldBeGreaterThan(0);

        public int Count()
        {
            var events = new byte[64 * 1024];
            var count = 0;
            var length = (int)Read(_inotify, events, events.Length);
            for (var at = 0; at < length; at += 16 + BitConverter.ToInt32(events, at + 12))
            {
                count += (BitConverter.ToUInt32(events, at + 4) & OfFolder) == 0 ? 1 : 0;
            }

            return count;
        }

        public void Dispose() => _ = Close(_inotify);

        [DllImport("libc", EntryPoint = "inotify_init1")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int Init(int flags);

        [DllImport("libc", EntryPoint = "inotify_add_watch")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int AddWatch(int inotify, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mask);

        [DllImport("libc", EntryPoint = "read")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern nint Read(int descriptor, byte[] buffer, nint length);

        [DllImport("libc", EntryPoint = "close")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int Close(int descriptor);
    }
}
