using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Api;

public sealed class TracesApiTests(TracesApiTests.FilledTraces filled) : IClassFixture<TracesApiTests.FilledTraces>
{
    [Theory]
    [InlineData("", "one,two,inner,three", 3, 3)]
    [InlineData("resource=site", "one,two,inner", 2, 2)]
    [InlineData("resource=site-8002&resource=worker", "two,inner,three", 2, 2)]
    [InlineData("resource=worker-w1", "three", 1, 1)]
    [InlineData("hasError=true", "two,inner", 1, 1)]
    [InlineData("hasError=FALSE", "one,three", 2, 2)]
    [InlineData("limit=1", "three", 3, 1)]
    [InlineData("limit=1&resource=site", "two,inner", 2, 1)]
    [InlineData("from=2026-11-22T08:15:01Z", "two,inner,three", 2, 2)]
    [InlineData("to=1795335301000", "one", 1, 1)]
    [InlineData("q=dur:>50", "three", 1, 1)]
    [InlineData("q=nothing", "", 0, 0)]
    [InlineData("follow=false", "one,two,inner,three", 3, 3)]
    public async Task Newest_traces_that_match_come_whole_and_oldest_first(string query, string expected, int total, int returned)
    {
        var reply = await filled.Dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/traces?" + query);

        Names(reply).ShouldBe(expected);
        (reply.GetProperty("totalCount").GetInt32(), reply.GetProperty("returnedCount").GetInt32()).ShouldBe((total, returned));
        reply.TryGetProperty("isPartial", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("hasError=perhaps", 400, "Parameter 'hasError' is 'perhaps', which is neither true nor false.")]
    [InlineData("limit=0", 400, "Parameter 'limit' is '0', which is not a whole number from 1 to 1000.")]
    [InlineData("limit=many", 400, "Parameter 'limit' is 'many', which is not a whole number from 1 to 1000.")]
    [InlineData("from=then", 400, "Parameter 'from' is 'then', which is neither a time such as 2026-11-28T15:00:00Z nor milliseconds since 1970.")]
    [InlineData("q=dur:>long", 400, "Parameter 'q' is not understood. 'long' is not a number, so that 'dur' cannot be compared with it: write dur:>=500, 1.5s or 2m.")]
    [InlineData("follow=true", 400, "Traces cannot be followed: a trace has no end. Follow 'spans'.")]
    [InlineData("resource=nobody", 404, "There is no resource 'nobody'. Known: site-8001, site-8002, worker-w1.")]
    public async Task What_makes_no_sense_is_named(string query, int status, string detail)
    {
        using var reply = await filled.Dashboard.Client.GetAsync("/api/telemetry/traces?" + query);

        ((int)reply.StatusCode).ShouldBe(status);
        (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString().ShouldBe(detail);
    }

    [Fact]
    public async Task The_cursor_gives_what_comes_next()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        await AddAsync(dashboard, Samples.Span(1, "one"), Samples.Span(2, "two"));

        var first = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/traces?limit=1");
        await AddAsync(dashboard, Samples.Span(3, "three"), Samples.Span(4, "four"), Samples.Span(5, "five"));
        var second = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/traces?limit=2&after=" + first.GetProperty("cursor").GetString());
        var third = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/traces?limit=2&after=" + second.GetProperty("cursor").GetString());
        var last = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/traces?after=" + third.GetProperty("cursor").GetString());

        (Names(first), Names(second), Names(third), Names(last)).ShouldBe(("two", "three,four", "five", ""));
        second.GetProperty("totalCount").GetInt32().ShouldBe(5);
    }

    [Fact]
    public async Task One_trace_comes_with_all_its_spans_by_its_id_in_any_case()
    {
        var id = 0xabc.ToString("x32");

        var reply = await filled.Dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/traces/" + id.ToUpperInvariant());
        using var unknown = await filled.Dashboard.Client.GetAsync($"/api/telemetry/traces/{77:x32}");
        using var wrong = await filled.Dashboard.Client.GetAsync("/api/telemetry/traces/abc");

        Names(reply).ShouldBe("two,inner");
        (reply.GetProperty("totalCount").GetInt32(), reply.GetProperty("returnedCount").GetInt32()).ShouldBe((1, 1));
        (unknown.StatusCode, wrong.StatusCode).ShouldBe((HttpStatusCode.NotFound, HttpStatusCode.BadRequest));
    }

    private static string Names(JsonElement reply) => string.Join(',', reply.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
        .SelectMany(resource => resource.GetProperty("scopeSpans").EnumerateArray())
        .SelectMany(scope => scope.GetProperty("spans").EnumerateArray()).Select(span => span.GetProperty("name").GetString()));

    private static async Task AddAsync(RunningDashboard dashboard, params SpanDraft[] spans)
    {
        var batch = new TelemetryBatch();
        foreach (var span in spans)
        {
            batch.Add(span);
        }

        var before = dashboard.Get<StoreStatus>().Committed;
        dashboard.Get<QueueBudget>().TryTake(batch.Count, batch.Bytes).ShouldBeTrue();
        dashboard.Get<TelemetryStore>().Add(batch);
        await OpenStore.UntilAsync(() => dashboard.Get<StoreStatus>().Committed == before + spans.Length, "the commit");
    }

    /// <summary>A dashboard with three traces, which the tests only read.</summary>
    public sealed class FilledTraces : IAsyncLifetime
    {
        internal RunningDashboard Dashboard { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Dashboard = await RunningDashboard.StartAsync();
            await AddAsync(
                Dashboard,
                Samples.Span(1, "one"),
                Samples.Span(0xabc, "two", "site-8002", at: 1000, id: "00000000000000aa"),
                Samples.Span(0xabc, "inner", "site-8002", at: 1001, milliseconds: 5, kind: 3, status: 2, parent: "00000000000000aa"),
                Samples.Span(3, "three", "w1", at: 2000, milliseconds: 60, service: "worker"));
        }

        public ValueTask DisposeAsync() => Dashboard.DisposeAsync();
    }
}
