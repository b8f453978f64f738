namespace Stack.Dashboard.Tests.Storage;

public sealed class RetentionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task With_too_little_left_free_on_the_volume_only_what_is_being_written_stays()
    {
        await FillAsync();
        await File.WriteAllTextAsync(_folder.File("seg-20260101T000000-0000.db.bad"), "broken");

        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { MinFreeBytes = long.MaxValue / 2 });

        await OpenStore.UntilAsync(() => store.Segments.Count == 1, "retention");
        await OpenStore.UntilAsync(() => Directory.GetFiles(_folder.Path, "*.bad").Length == 0, "the broken file to go");
        await store.AddAsync(Samples.Log("still stored"));
        (await store.FindAsync()).Rows.Single().Body.ShouldBe("still stored");
    }

    [Fact]
    public async Task Files_that_cannot_be_read_go_before_those_that_can()
    {
        await FillAsync();
        var segments = Directory.GetFiles(_folder.Path, "seg-*.db").Length;
        await File.WriteAllBytesAsync(_folder.File("seg-20260101T000000-0000.db.bad"), new byte[20_000_000]);

        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { MaxBytes = 20_000_000 });

        await OpenStore.UntilAsync(() => Directory.GetFiles(_folder.Path, "*.bad").Length == 0, "the broken file to go");
        store.Segments.Count.ShouldBe(segments);
    }

    private async Task FillAsync()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 50_000 });
        for (var i = 0; i < 3; i++)
        {
            await store.AddAsync(Enumerable.Range(0, 300).Select(n => Samples.Log($"row {n} of {i} {new string('x', 200)}")));
            await OpenStore.UntilAsync(() => store.Segments[^1].Logs == 0, "the roll");
        }
    }
}
