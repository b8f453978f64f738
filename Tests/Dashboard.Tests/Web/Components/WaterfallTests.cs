using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Tests.Web.Components;

public sealed class WaterfallTests
{
    private const string A = "00000000000000aa";
    private const string B = "00000000000000bb";
    private const string C = "00000000000000cc";
    private static readonly Viewer Viewer = new();

    [Fact]
    public void Each_row_has_its_place_in_percent_of_the_whole()
    {
        var model = Model(
            Samples.Span(1, "GET /", id: A, milliseconds: 200),
            Samples.Span(1, "SELECT", id: B, at: 50, milliseconds: 100, kind: 3, parent: A),
            Samples.Span(1, "short", id: C, at: 200, milliseconds: 0, kind: 1, parent: A));

        Text(model).ShouldBe(
            """
            GET / [0% 100%] 200 ms, waited for [75% 25%] [0% 25%]
              SELECT [25% 50%] 100 ms, waited for [25% 50%]
              short [99.7% 0.3%] 0 ms
            """);
        model.Axis.ShouldBe(["0 ms", "50 ms", "100 ms", "150 ms", "200 ms"]);
        (model.Duration, model.SpanCount, model.Map.Count).ShouldBe(("200 ms", 3, 0));
    }

    [Fact]
    public void Waited_for_is_what_ended_last_and_what_goes_on_afterwards_held_up_nobody()
    {
        var model = Model(
            Samples.Span(1, "GET /", "nginx", id: A, milliseconds: 100, service: "nginx"),
            Samples.Span(1, "first", id: B, at: 10, milliseconds: 40, kind: 1, parent: A),
            Samples.Span(1, "beside it, longer", id: C, at: 20, milliseconds: 60, kind: 1, parent: A),
            Samples.Span(1, "in the background", id: "00000000000000dd", at: 95, milliseconds: 100, kind: 1, parent: A));

        Text(model).ShouldBe(
            """
            GET / [0% 51.28%] 100 ms, waited for [41.03% 7.69%] [0% 5.13%]
              first [5.13% 20.51%] 40 ms, waited for [5.13% 5.13%]
              beside it, longer [10.26% 30.77%] 60 ms, waited for [10.26% 30.77%]
              in the background [48.72% 51.28%] 100 ms, waited for [48.72% 2.56%]
            """);
        model.Shares.Select(share => (share.Name, share.Time, share.X, share.Width)).ShouldBe([("site-8001", "75 ms", "0%", "75%"), ("nginx", "25 ms", "75%", "25%")]);
    }

    [Fact]
    public void Tries_are_beside_each_other_and_one_that_told_nothing_is_there_as_well()
    {
        const string tries = """
            [{"t":17953353000000000,"name":"stack.try","attrs":{"stack.upstream":"site-8002","http.response.status_code":502,"stack.upstream.response":0.004}},
             {"t":17953353000050000,"name":"stack.try","attrs":{"stack.upstream":"site-8003","http.response.status_code":503,"stack.upstream.response":0.01}},
             {"t":17953353000160000,"name":"stack.try","attrs":{"stack.upstream":"site-8001","http.response.status_code":200,"stack.upstream.response":0.02}}]
            """;
        var model = Model(
            Samples.Span(1, "GET", "nginx", id: A, milliseconds: 40, service: "nginx", attributes: """{"url.path":"/board","stack.upstream":"site-8001","stack.retries":2}""", events: tries),
            Samples.Span(1, "GET Board", "site-8003", id: B, at: 6, milliseconds: 8, status: 2, http: 503, parent: A, error: "stopping"),
            Samples.Span(1, "GET Board", "site-8001", id: C, at: 17, milliseconds: 18, http: 200, parent: A));

        Text(model).ShouldBe(
            """
            GET /board [0% 100%] 40 ms, waited for [87.5% 12.5%] [35% 7.5%] [0% 15%]
              has not told of this request (try 1 of 3, 502) [0% 10%] 4 ms
              GET Board (try 2 of 3) failed: stopping [15% 20%] 8 ms, waited for [15% 20%]
              GET Board (try 3 of 3) [42.5% 45%] 18 ms, waited for [42.5% 45%]
            """);
        model.Retries.ShouldBe(2);
        (model.Failed!.Instance, model.Failed.Error).ShouldBe(("site-8003", "stopping"));
    }

    [Fact]
    public void Replicas_below_one_span_are_tries_also_when_the_gateway_says_nothing_of_it()
    {
        var model = Model(
            Samples.Span(1, "GET", "proxy", id: A, milliseconds: 40, service: "proxy"),
            Samples.Span(1, "GET Board", "site-8003", id: B, at: 6, milliseconds: 8, parent: A),
            Samples.Span(1, "GET Board", "site-8001", id: C, at: 17, milliseconds: 18, parent: A));

        model.Rows[0].Children.Select(row => row.Note).ShouldBe(["try 1 of 2", "try 2 of 2"]);
        model.Retries.ShouldBe(1);
    }

    [Fact]
    public void A_parent_that_was_not_received_is_said_once_for_all_its_children()
    {
        var model = Model(
            Samples.Span(1, "one", id: A, kind: 1, parent: "00000000000000f1"), Samples.Span(1, "two", id: B, at: 20, kind: 1, parent: "00000000000000f1"), Samples.Span(1, "root", id: C, at: 40));
        var alone = Model(Samples.Span(1, "GET /", parent: "00000000000000f1"));

        model.Rows.Select(row => (row.Title, row.Bar is null, row.Children.Count)).ShouldBe([("Span 00000000000000f1 was not received", true, 2), ("root", false, 0)]);
        (alone.Rows.Single().Title, alone.Rows.Single().Note).ShouldBe(("GET /", "called by a span that was not received"));
    }

    [Theory]
    [InlineData(3, """{"db.system.name":"postgresql","server.address":"db-1","server.port":5432}""", "postgresql db-1:5432")]
    [InlineData(3, """{"server.address":"api.example.com","server.port":443}""", "api.example.com")]
    [InlineData(3, """{"url.full":"https://api.example.com:8443/x"}""", "api.example.com:8443")]
    [InlineData(3, """{"db.system":"redis"}""", "redis")]
    [InlineData(4, """{"messaging.system":"rabbitmq","messaging.destination.name":"orders"}""", "rabbitmq orders")]
    [InlineData(3, """{"peer.service":"mail","server.address":"10.0.0.3"}""", "mail")]
    [InlineData(3, """{"url.full":"no address"}""", null)]
    [InlineData(3, "{}", null)]
    [InlineData(1, """{"server.address":"api.example.com"}""", null)]
    public void Who_was_called_and_told_nothing_is_named_by_what_the_caller_says(int kind, string attributes, string? expected) =>
        Model(Samples.Span(1, "GET /", id: A), Samples.Span(1, "call", kind: kind, parent: A, attributes: attributes)).Rows[0].Children[0].Peer.ShouldBe(expected);

    [Fact]
    public void Who_was_called_and_told_of_it_is_not_named_twice() =>
        Model(Samples.Span(1, "GET", id: A, kind: 3, attributes: """{"server.address":"other"}"""), Samples.Span(1, "GET /", "other", parent: A)).Rows[0].Peer.ShouldBeNull();

    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.HttpRequestIn", """{"url.path":"/board","http.request.method":"POST"}""", null, "POST /board")]
    [InlineData("Microsoft.AspNetCore.Hosting.HttpRequestIn", "{}", null, "Microsoft.AspNetCore.Hosting.HttpRequestIn")]
    [InlineData("GET", """{"url.path":"/board"}""", null, "GET /board")]
    [InlineData("GET", """{"url.path":"/board/7"}""", "/board/{id}", "GET /board/{id}")]
    [InlineData("GET Board/Show", """{"url.path":"/board/7"}""", "Board/Show", "GET Board/Show")]
    public void A_span_that_says_little_by_its_name_is_named_by_what_was_asked_for(string name, string attributes, string? route, string expected) =>
        Model(Samples.Span(1, name, attributes: attributes, route: route)).Title.ShouldBe(expected);

    [Fact]
    public void Spans_that_are_their_own_ancestors_are_shown_once_and_the_deepest_chain_ends_somewhere()
    {
        var loop = Model(Samples.Span(1, "a", id: A, parent: B), Samples.Span(1, "b", id: B, parent: A), Samples.Span(1, "c", id: C, parent: C));
        var chain = Model([.. Enumerable.Range(1, 2000).Select(n => Samples.Span(1, $"{n}", id: n.ToString("x16"), kind: 1, at: n, milliseconds: 4000, parent: n == 1 ? null : (n - 1).ToString("x16")))]);

        Flat(loop.Rows).Select(row => row.Title).Order().ShouldBe(["a", "b", "c"]);
        Flat(chain.Rows).Select(row => row.Title).ShouldBe(Enumerable.Range(1, 2000).Select(n => $"{n}"));
        Nesting(chain.Rows).ShouldBe(24);
        chain.Map.Count.ShouldBe(2000);
        chain.Map[^1].Lane.ShouldBe(TraceModel.MapLanes - 1);
    }

    [Fact]
    public void Events_and_log_records_are_marks_on_their_span()
    {
        var record = Samples.Log("out of stock", severity: 17, traceId: 1.ToString("x32")) with { SpanId = A, Time = Samples.Time.AddMilliseconds(75) };
        var span = Samples.Span(
            1, "GET /", id: A, milliseconds: 100, status: 2,
            events: """[{"t":17953353000500000,"name":"exception","attrs":{"exception.type":"E","exception.message":"no stock","exception.stacktrace":"at X"}},{"t":17953353000250000,"name":"cache.miss","attrs":{"n":1,"r":1.5,"b":true,"l":[1],"z":null}}]""");

        var model = TraceModel.From(Trace(span), [record], A, Viewer);

        model.Rows[0].Bar!.Ticks.ShouldBe([new("50%", "exception", "exception"), new("25%", "event", "cache.miss"), new("75%", "error", "out of stock")]);
        model.Rows[0].Error.ShouldBe("no stock");
        var pane = model.Pane!;
        pane.Events.Select(e => (e.Name, e.Offset, e.IsException, e.StackTrace)).ShouldBe([("cache.miss", "25 ms", false, null), ("exception", "50 ms", true, "at X")]);
        pane.Events[0].Attributes.Select(a => (a.Name, a.Value, a.Type)).ShouldBe([("n", "1", "integer"), ("r", "1.5", "number"), ("b", "true", "boolean"), ("l", "[1]", "list"), ("z", "", "nothing")]);
        pane.Logs.Single().Message.ShouldBe("out of stock");
        model.Logs.Single().ShouldBe(new TraceLogModel("75 ms", "2026-11-22 08:15:00.075 +00:00", "2026-11-22T08:15:00.0750000Z", "error", "Error", "site-8001", Tone.Hue("site-8001"), "out of stock", "GET /", $"/traces/detail/{1:x32}?t=1795335300000&span={A}"));
    }

    internal static StoredTrace Trace(params SpanDraft[] spans) => new(
        spans[0].Row.TraceId,
        [.. spans.Select((span, index) => new StoredSpan(index, span.Resource, span.Scope.Name, span.Row)).OrderBy(span => span.Start).ThenByDescending(span => span.End)]);

    private static TraceModel Model(params SpanDraft[] spans) => TraceModel.From(Trace(spans), [], null, Viewer);

    private static string Text(TraceModel model) => string.Join('\n', Flat(model.Rows).Select(row =>
        $"{new string(' ', row.Depth * 2)}{row.Title}{(row.Note is null ? "" : $" ({row.Note})")}{(row.Error is null ? "" : $" failed: {row.Error}")}"
        + (row.Bar is not { } bar ? "" : $" [{bar.X} {bar.Width}] {bar.Duration}{(bar.Critical.Count == 0 ? "" : ", waited for " + string.Join(' ', bar.Critical.Select(part => $"[{part.X} {part.Width}]")))}")));

    private static IEnumerable<SpanModel> Flat(IEnumerable<SpanModel> rows) => rows.SelectMany(row => Flat(row.Children).Prepend(row));

    private static int Nesting(IReadOnlyList<SpanModel> rows) => rows.Count == 0 ? 0 : 1 + rows.Max(row => Nesting(row.Children));
}
