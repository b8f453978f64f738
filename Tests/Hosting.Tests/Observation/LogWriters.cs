using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Observation;

/// <summary>Processes that write logs into a folder of their own, and what is checked of all such logs.</summary>
internal sealed class LogWriters : IAsyncDisposable
{
    private readonly IProcessLauncher _launcher = Launchers.Create(NullLoggerFactory.Instance);
    private readonly List<IInstanceProcess> _started = [];

    /// <param name="place">Where the folder is made; null: in the temporary folder.</param>
    public LogWriters(string? place = null)
        => Folder = place is null ? Directory.CreateTempSubdirectory("stack-test-").FullName : Directory.CreateDirectory(Path.Combine(place, $"stack-test-{Guid.NewGuid():N}")).FullName;

    public string Folder { get; }

    public static LogRotation Rotation(string folder, ILogger? logger = null, HeadCutWay? way = null) => new(folder, new LogSettings { MinFreeBytes = 0 }, TimeProvider.System, new TypedLogger<LogRotation>(logger ?? NullLogger.Instance))
    {
        Probe = () => way is { } forced ? HeadCut.Of(forced) : HeadCut.Probe(folder),
    };

    public string LogPath(string name) => Path.Combine(Folder, $"{name}.log");

    public async Task RunAsync(string name, string program, params string[] arguments)
        => (await (await LaunchAsync(LogPath(name), program, arguments)).Exited.Within()).ShouldBe(new ExitFacts(ExitKind.Code, 0));

    public async Task<IInstanceProcess> LaunchAsync(string logFile, string program, params string[] arguments)
    {
        var process = await _launcher.LaunchAsync(
            new LaunchRequest
            {
                FileName = program,
                Arguments = arguments,
                WorkingDirectory = Folder,
                Environment = ActorProgram.Environment,
                LogFile = logFile,
                ParentDeathSignal = SignalNames.Kill,
            },
            CancellationToken.None);
        _started.Add(process);
        return process;
    }

    /// <summary>Children write numbered lines as fast as they can while their logs are rotated and read: none may be lost, doubled, or out of its turn, neither for that reader nor for one that comes later.</summary>
    public async Task FloodAsync(int children, int lines, long maxBytes)
    {
        var rotation = Rotation(Folder);
        var readers = new List<SequenceReader>();
        for (var i = 0; i < children; i++)
        {
            rotation.Watch(LogPath($"site-{8001 + i}"), new LogLimits(maxBytes, 10_000));
            readers.Add(new SequenceReader(LogFile.At(LogPath($"site-{8001 + i}"))));
        }

        var writers = await Task.WhenAll(Enumerable.Range(0, children).Select(i => LaunchAsync(LogPath($"site-{8001 + i}"), ActorProgram.Path, "flood", $"{lines}", "64")));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5), TimeProvider.System);
        while (!Array.TrueForAll(writers, w => w.Exited.IsCompleted))
        {
            limit.Token.ThrowIfCancellationRequested();
            rotation.Look();
            readers.ForEach(r => r.ReadOn());
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        rotation.Look();
        for (var i = 0; i < children; i++)
        {
            (await writers[i].Exited).ShouldBe(new ExitFacts(ExitKind.Code, 0));
            readers[i].ReadOn();
            readers[i].Next.ShouldBe(lines);
            LogFile.At(LogPath($"site-{8001 + i}")).Look().Archives.Count.ShouldBeGreaterThan(2);
            var later = new SequenceReader(new LogFile(LogPath($"site-{8001 + i}")));
            later.ReadOn();
            later.Next.ShouldBe(lines);
        }
    }

    /// <summary>A child writes numbered lines while the process that rotates its log is killed at random moments and started again.</summary>
    public async Task FloodAndKillRotationAsync(int kills)
    {
        var output = Path.Combine(Folder, "rotator.out");
        var writer = await LaunchAsync(LogPath("site-8001"), ActorProgram.Path, "flood", "0", "64", "10");
        var random = new Random(4711);
        for (var i = 0; i < kills; i++)
        {
            // Enough for two rotations at least, however slow the machine is.
            var before = Length(LogPath("site-8001"));
            await Wait.Until(() => Length(LogPath("site-8001")) > before + (80 * 1024));
            var rotator = await LaunchAsync(output, ActorProgram.Path, "rotate", Folder, "site-8001.log", $"{32 * 1024}");
            await Wait.Until(() => File.ReadAllText(output).Contains("rotating", StringComparison.Ordinal), () => File.ReadAllText(output));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 60)), TimeProvider.System);
            rotator.Signal(SignalNames.Kill);
            await rotator.Exited.Within();
            File.Delete(output);
        }

        writer.Signal(SignalNames.Kill);
        await writer.Exited.Within();
        var log = new LogFile(LogPath("site-8001"));
        log.Look().Archives.Count.ShouldBeGreaterThan(kills);
        var reader = new SequenceReader(log);
        reader.ReadOn();
        log.Look().End.ShouldBe(reader.Next * 64);
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started)
        {
            process.Signal(SignalNames.Kill);
            await process.Exited.Within();
        }

        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>Reads lines that begin with ascending numbers, and fails at the first that does not.</summary>
internal sealed class SequenceReader(LogFile log, long from = 0)
{
    private readonly byte[] _block = new byte[64 * 1024];
    private readonly LineSplitter _splitter = new(from, TimeProvider.System);
    private readonly List<LogLine> _lines = [];
    private long _offset = from;

    /// <summary>Number of the line that comes next.</summary>
    public long Next { get; private set; }

    public void ReadOn()
    {
        while (log.Read(ref _offset, _block) is var read and > 0)
        {
            _offset.ShouldBe(_splitter.NextOffset);
            _splitter.Add(_block.AsSpan(0, read), _lines);
            _offset += read;
            foreach (var line in _lines)
            {
                line.Text.AsSpan(0, 10).SequenceEqual($"{Next:0000000000}").ShouldBeTrue($"line {Next} was expected, and '{line.Text}' came, at offset {line.Offset}");
                Next++;
            }

            _lines.Clear();
        }
    }
}
