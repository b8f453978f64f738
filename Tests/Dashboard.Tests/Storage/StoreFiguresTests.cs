using Stack.Dashboard.Queries.Export;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

public sealed class StoreFiguresTests : IDisposable
{
    private static readonly DateTimeOffset Now = Samples.Time;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rates_are_those_of_the_last_minute_and_fade_when_nothing_comes()
    {
        var rates = new CommitRates();

        rates.Add(600, 60, 6, Now);
        rates.PerSecond(Now).ShouldBe((0, 0, 0), "the bucket is still being filled");
        rates.Add(600, 0, 0, Now.AddSeconds(10));

        rates.PerSecond(Now.AddSeconds(15)).ShouldBe((20, 1, 0.1));
        rates.PerSecond(Now.AddSeconds(66)).ShouldBe((10, 0, 0));
        rates.PerSecond(Now.AddHours(5)).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void A_clock_that_is_set_back_does_no_harm()
    {
        var rates = new CommitRates();
        rates.Add(60, 0, 0, Now);

        rates.Add(60, 0, 0, Now.AddHours(-1));

        rates.PerSecond(Now.AddSeconds(5)).Logs.ShouldBe(2);
    }

    [Fact]
    public async Task Sizes_by_signal_add_up_and_history_is_bounded_by_bytes_and_age()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path);
        var batch = new TelemetryBatch();
        var draft = Samples.Draft(Samples.Log($"a row {new string('x', 300)}"));
        for (var i = 0; i < 1000; i++)
        {
            batch.Add(draft);
            batch.Add(new SpanDraft(draft.Resource, draft.Scope, new SpanRow { TraceId = $"{i + 1:x32}", SpanId = $"{i + 1:x16}", Name = "GET /", Kind = 2, Start = Now, DurationNanoseconds = 5 }));
        }

        await store.AddAsync(batch);
        var now = TimeProvider.System.GetUtcNow();
        StoreFigures Of(StorageOptions options) => StoreFigures.Of(options with { Directory = _folder.Path, MinFreeBytes = 0 }, store.Store.Catalogue, store.Store.Readers, store.Status, now.AddSeconds(10));

        var figures = Of(new StorageOptions());

        (figures.Logs.Bytes + figures.Spans.Bytes + figures.Points.Bytes).ShouldBeInRange(store.Segments.Single().Bytes - 5, store.Segments.Single().Bytes);
        figures.Logs.Bytes.ShouldBeGreaterThan(figures.Spans.Bytes);
        figures.Logs.PerSecond.ShouldBe(1000 / 60.0, 0.001);
        var hour = Of(new StorageOptions { MaxBytes = 1 << 24 }).History!.Value;
        Of(new StorageOptions { MaxBytes = 2 << 24 }).History!.Value.TotalSeconds.ShouldBe(hour.TotalSeconds * 2, 1);
        Of(new StorageOptions { MaxBytes = 1L << 50, MaxAge = TimeSpan.FromHours(3) }).History!.Value.ShouldBeLessThanOrEqualTo(TimeSpan.FromHours(3));
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData(10L << 30, 2)]
    [InlineData(100L << 30, 10)]
    [InlineData(8000L << 30, 50)]
    public void Production_takes_a_tenth_of_the_volume_within_bounds(long? volume, int expected) => StorageOptions.ShareOf(volume).ShouldBe((long)expected << 30);
}
