using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

/// <summary>When the writer commits: as soon as nobody is on the way who could still join.</summary>
public sealed class GroupCommitTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whoever_is_on_the_way_is_waited_for_no_longer_than_a_commit_may_take()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path);
        await store.AddAsync(Rows(300));
        store.Budget.Enter();

        var batch = Batch(300);
        store.Store.Add(batch);

        await batch.Settled.WaitAsync(RunningDashboard.Patience);
        store.Budget.Leave();
        store.Budget.Underway.ShouldBe(0);
    }

    [Theory]
    [InlineData("/v1/logs", "not a message")]
    [InlineData("/v1/logs", "")]
    [InlineData("/v1/nothing", "x")]
    public async Task A_request_that_ends_in_whatever_way_is_on_the_way_no_more(string path, string body)
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        using var content = new StringContent(body);
        content.Headers.ContentType = new("application/x-protobuf");
        content.Headers.Add("x-otlp-api-key", RunningDashboard.OtlpKey);
        using var client = new HttpClient();

        using var answer = await client.PostAsync(new Uri(dashboard.OtlpHttp, path), content);

        await OpenStore.UntilAsync(() => dashboard.Get<QueueBudget>() is { Underway: 0, Bytes: 0 }, $"the end of the request that was answered {answer.StatusCode}");
    }

    private static IEnumerable<LogRow> Rows(int count) => Enumerable.Range(0, count).Select(i => Samples.Log($"row {i}"));

    private static TelemetryBatch Batch(int count)
    {
        var batch = new TelemetryBatch();
        foreach (var row in Rows(count))
        {
            batch.Add(Samples.Draft(row));
        }

        return batch;
    }
}
