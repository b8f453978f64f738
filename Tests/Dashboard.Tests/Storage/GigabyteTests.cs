using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Ingest;

namespace Stack.Dashboard.Tests.Storage;

/// <summary>A dashboard with more than a gigabyte of history.</summary>
[Trait("kind", "slow")]
public sealed class GigabyteTests(ITestOutputHelper output) : IDisposable
{
    private const int Segments = 10;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_starts_as_fast_as_with_none_because_it_reads_next_to_nothing_of_it()
    {
        Directory.CreateDirectory(_folder.File("empty"));
        var (without, timeWithout, _) = await StartAsync(_folder.File("empty"));
        Make(_folder.File("full"), Samples.Time);
        Directory.GetFiles(_folder.File("full"), "seg-*").Sum(file => new FileInfo(file).Length).ShouldBeGreaterThan(1L << 30);

        var (with, timeWith, rows) = await StartAsync(_folder.File("full"));

        output.WriteLine($"Start without history {timeWithout.TotalSeconds:0.00} s, with it {timeWith.TotalSeconds:0.00} s; read {without >> 20} and {with >> 20} MB.");
        (with - without).ShouldBeLessThan(40 << 20);
        rows.ShouldBeGreaterThan(1_000_000);
    }

    [Fact]
    public async Task After_kill_9_it_listens_before_the_last_hour_is_counted_again_and_then_the_counts_are_right()
    {
        Directory.CreateDirectory(_folder.File("empty"));
        var (_, timeWithout, _) = await StartAsync(_folder.File("empty"));
        Make(_folder.File("full"), TimeProvider.System.GetUtcNow().AddMinutes(-1));
        using (var victim = await ChildDashboard.StartAsync(_folder.File("full")))
        {
            await victim.SendAsync(Enumerable.Range(0, 100).Select(i => Messages.Log($"row {i}")));
            victim.Kill();
        }

        var started = TimeProvider.System.GetTimestamp();
        using var dashboard = await ChildDashboard.StartAsync(_folder.File("full"));
        var took = TimeProvider.System.GetElapsedTime(started);
        var counts = Counts();
        var rows = await dashboard.CountAsync();

        output.WriteLine($"Start without history {timeWithout.TotalSeconds:0.00} s, after a kill with it {took.TotalSeconds:0.00} s, {counts:N0} of {rows:N0} rows counted.");
        counts.ShouldBeLessThan(rows);
        await dashboard.SendAsync(Enumerable.Range(0, 10).Select(i => Messages.Log($"after {i}")));
        await OpenStore.UntilAsync(() => Counts() == rows + 10, $"{rows + 10} counted rows");

        long Counts()
        {
            using var meta = SqliteFile.OpenForReading(Path.Combine(_folder.File("full"), "meta.db"));
            return meta.ReadNumber("SELECT sum(n) FROM roll");
        }
    }

    /// <summary>What the process read until it listened, and how many rows it then knows of.</summary>
    private static async Task<(long Read, TimeSpan Took, long Rows)> StartAsync(string directory)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var dashboard = await ChildDashboard.StartAsync(directory, settings: ("DASHBOARD__STORAGE__MAXAGE", "5000d"));
        var took = TimeProvider.System.GetElapsedTime(started);
        var read = (await File.ReadAllLinesAsync($"/proc/{dashboard.Id}/io")).Single(line => line.StartsWith("rchar:", StringComparison.Ordinal));
        return (long.Parse(read.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), took, await dashboard.CountAsync());
    }

    /// <summary>One segment of 117 MB, made by SQLite itself, and copies of it; the last one is still being written.</summary>
    private static void Make(string folder, DateTimeOffset time)
    {
        Directory.CreateDirectory(folder);
        var first = Path.Combine(folder, SegmentInfo.NameOf(time, 1));
        SegmentFile.Open(first, 0).Dispose();
        using (var file = SqliteFile.OpenForWriting(first))
        {
            file.InTransaction(() => file.Execute($$"""
                INSERT INTO resources(id, service, instance, display, attrs, hash, signals) VALUES(1, 'site', 'site-8001', 'site-8001', '{}', 'r', 1);
                INSERT INTO scopes VALUES(1, 'WebSite.Home', '', 's');
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<300000)
                INSERT INTO logs SELECT {{UnixTicks.Of(time)}}+i, {{UnixTicks.Of(time)}}+i, 9, 1, 1, NULL, NULL, NULL, NULL, hex(randomblob(150)), '{"OrderId":5512}' FROM n;
                """));
            file.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        using var catalogue = Catalogue.Open(Path.Combine(folder, "meta.db"));
        var (info, dictionary) = SegmentCensus.Take(first, null);
        using var readers = new SegmentReaders(folder);
        for (var number = 1; number <= Segments; number++)
        {
            var copy = Path.Combine(folder, SegmentInfo.NameOf(time.AddHours(number - 1), number));
            if (number > 1)
            {
                File.Copy(first, copy);
            }

            catalogue.Commit(info with { File = Path.GetFileName(copy), IsSealed = number < Segments }, dictionary);
        }

        foreach (var segment in catalogue.Segments.SkipLast(1))
        {
            SegmentSeal.Run(Path.Combine(folder, segment.File), readers, fullText: false);
        }

        catalogue.TrySetSetting("clean", "1");

        // Records have been counted already, as they were written.
        catalogue.TrySetSetting("rollups", "1");
    }
}
