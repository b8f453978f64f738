using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

public sealed class ManySegmentsTests : IDisposable
{
    private const int Segments = 200;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_hundred_segments_are_searched_with_four_of_them_open()
    {
        Make();
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { MaxAge = TimeSpan.FromDays(5000) });

        (await store.FindAsync(new LogFilter { Text = "row" })).TotalCount.ShouldBe(Segments * 10);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => store.FindAsync(new LogFilter { Text = $"\"row {i}\"", Limit = 1000 })));

        OpenFiles("/proc/self/fd").Count(file => file.StartsWith("seg-", StringComparison.Ordinal) && file != store.Segments[^1].File && file.EndsWith(".db", StringComparison.Ordinal))
            .ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Two_hundred_segments_take_no_more_memory_than_a_few()
    {
        Make();
        using var dashboard = await ChildDashboard.StartAsync(_folder.Path, settings: ("DASHBOARD__STORAGE__MAXAGE", "5000d"));

        for (var i = 0; i < 3; i++)
        {
            (await dashboard.CountAsync("limit=1&q=row")).ShouldBe(Segments * 10);
        }

        var rss = (await File.ReadAllLinesAsync($"/proc/{dashboard.Id}/status")).Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        (int.Parse(rss.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024).ShouldBeLessThan(200);
        OpenFiles($"/proc/{dashboard.Id}/fd").Count.ShouldBeLessThan(20);
    }

    /// <summary>Segments as they are after a long time, made without the writer: each has ten rows.</summary>
    private void Make()
    {
        using var catalogue = Catalogue.Open(_folder.File("meta.db"));
        var draft = Samples.Draft(Samples.Log(""));
        for (var number = 1; number <= Segments; number++)
        {
            var begun = Samples.Time.AddMinutes(number);
            var path = _folder.File(SegmentInfo.NameOf(begun, number));
            using (var file = SegmentFile.Open(path, 0))
            {
                file.Begin();
                file.Dictionary.Insert(new ResourceEntry(1, draft.Resource));
                file.Dictionary.AddSignals(1, Signal.Logs);
                file.Dictionary.Insert(new ScopeEntry(1, draft.Scope));
                for (var i = 0; i < 10; i++)
                {
                    file.Insert(draft.Row with { Id = UnixTicks.Of(begun) + i, Body = $"row {i} of {number}" }, 1, 1, null);
                }

                file.Commit();
            }

            var (info, dictionary) = SegmentCensus.Take(path, null);
            using (var readers = new SegmentReaders(_folder.Path))
            {
                SegmentSeal.Run(path, readers, fullText: false);
            }

            catalogue.Commit(info with { IsSealed = true }, dictionary);
        }
    }

    private List<string> OpenFiles(string descriptors)
    {
        var open = new List<string>();
        foreach (var descriptor in Directory.GetFiles(descriptors))
        {
            var target = new FileInfo(descriptor).LinkTarget;
            if (target?.StartsWith(_folder.Path + "/", StringComparison.Ordinal) == true)
            {
                open.Add(Path.GetFileName(target));
            }
        }

        return open;
    }
}
