using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Tests.Storage;

public sealed class FullTextTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sealed_segments_are_searched_by_whole_words_and_what_is_being_written_by_any_text()
    {
        await using var store = await SealedAsync(fullText: true);
        await store.AddAsync(Samples.Log("timeout in the open segment"));

        (await FindAsync(store, "time")).ShouldBe(["timeout in the open segment"]);
        (await FindAsync(store, "TIMEOUT")).ShouldBe(["timeout of row 7", "timeout in the open segment"]);
        (await FindAsync(store, "\"row 7\"")).ShouldBe(["timeout of row 7"]);
        (await FindAsync(store, "timeout -open")).ShouldBe(["timeout of row 7"]);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("say \"no")]
    [InlineData("* OR NOT ( : ^")]
    [InlineData("--")]
    [InlineData("body:x AND")]
    public async Task Nothing_that_is_searched_for_is_read_as_syntax(string text)
    {
        await using var store = await SealedAsync(fullText: true);

        var page = await store.FindAsync(new LogFilter { Text = text });

        page.IsPartial.ShouldBeFalse();
    }

    [Fact]
    public async Task Without_the_option_every_segment_is_searched_by_any_text()
    {
        await using var store = await SealedAsync(fullText: false);

        (await FindAsync(store, "imeou")).ShouldBe(["timeout of row 7"]);
    }

    private static async Task<IEnumerable<string>> FindAsync(OpenStore store, string text) =>
        (await store.FindAsync(new LogFilter { Text = text })).Rows.Select(row => row.Body);

    private async Task<OpenStore> SealedAsync(bool fullText)
    {
        var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 200_000, FullText = fullText });
        await store.AddAsync([Samples.Log("timeout of row 7"), .. Enumerable.Range(0, 500).Select(i => Samples.Log($"noise {i} {new string('x', 200)}"))]);
        await OpenStore.UntilAsync(() => store.Segments is [{ IsSealed: true }, ..], "the seal");
        return store;
    }
}
