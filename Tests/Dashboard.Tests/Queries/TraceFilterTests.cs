using Stack.Dashboard.Queries;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Queries;

public sealed class TraceFilterTests(TraceFilterTests.FourTraces traces) : IClassFixture<TraceFilterTests.FourTraces>
{
    [Theory]
    [InlineData("", "slow,failed,plain,gateway")]
    [InlineData("resource=site-8002", "slow")]
    [InlineData("resource=nginx", "gateway")]
    [InlineData("resource=site", "slow,failed,plain")]
    [InlineData("resource=nobody", "")]
    [InlineData("errors=true", "failed,gateway")]
    [InlineData("errors=false", "slow,plain")]
    [InlineData("route=/board", "plain")]
    [InlineData("route=slow", "slow")]
    [InlineData("status=500", "failed")]
    [InlineData("min=100", "slow")]
    [InlineData("max=10", "failed,plain")]
    [InlineData("from=1000", "slow,failed")]
    [InlineData("to=1000", "plain,gateway")]
    [InlineData("q=low", "slow")]
    [InlineData("q=BOARD", "plain,gateway")]
    [InlineData("q=-board", "slow,failed")]
    [InlineData("q=100%", "")]
    [InlineData("q=route:/board", "plain")]
    [InlineData("q=route:/board/7", "gateway")]
    [InlineData("q=route:~/board", "plain,gateway")]
    [InlineData("q=name:SLOW", "slow")]
    [InlineData("q=name:~l", "slow,failed,plain")]
    [InlineData("q=dur:>500", "slow")]
    [InlineData("q=dur:<=10ms", "failed,plain")]
    [InlineData("q=status:>=500", "failed")]
    [InlineData("q=-status:>=500", "slow,plain,gateway")]
    [InlineData("q=status:200", "plain")]
    [InlineData("q=instance:site-8002", "slow")]
    [InlineData("q=-service:site", "gateway")]
    [InlineData("q=method:get", "gateway")]
    [InlineData("q=user:17 dur:<50", "gateway")]
    [InlineData("q=-user:17", "slow,failed,plain")]
    [InlineData("q=scope:tests trace:0000000000000000000000000000000" + "2", "failed")]
    [InlineData("q=dur:>long", "")]
    public async Task Every_filter_shows_what_it_says(string filter, string expected)
    {
        var found = await traces.Store.Traces.FindAsync(FilterOf(filter), CancellationToken.None);

        TraceQueriesTests.Names(found).ShouldBe(expected);
        found.Next.ShouldBeNull();
        found.IsPartial.ShouldBeFalse();
        (await traces.Store.Traces.CountAsync(FilterOf(filter), LogFilter.Many, CancellationToken.None)).ShouldBe((found.Traces.Count, false));
    }

    internal static TraceFilter FilterOf(string text)
    {
        var value = text.Length == 0 ? "" : text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return text.Split('=')[0] switch
        {
            "resource" => new TraceFilter { Resources = [value] },
            "errors" => new TraceFilter { HasError = bool.Parse(value) },
            "route" => new TraceFilter { Route = value },
            "status" => new TraceFilter { Status = (int.Parse(value), int.Parse(value) + 99) },
            "min" => new TraceFilter { MinDuration = TimeSpan.FromMilliseconds(int.Parse(value)) },
            "max" => new TraceFilter { MaxDuration = TimeSpan.FromMilliseconds(int.Parse(value)) },
            "from" => new TraceFilter { From = Samples.Time.AddMilliseconds(int.Parse(value)) },
            "to" => new TraceFilter { To = Samples.Time.AddMilliseconds(int.Parse(value)) },
            "q" => new TraceFilter { Text = value },
            _ => new TraceFilter(),
        };
    }

    /// <summary>A store that the tests only read.</summary>
    public sealed class FourTraces : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();

        internal OpenStore Store { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Store = await OpenStore.AtAsync(_folder.Path);
            await Store.AddAsync(
                Samples.Span(4, "gateway", "nginx", 0, 20, service: "nginx", attributes: """{"url.path":"/board/7","http.request.method":"GET","user":17}"""),
                Samples.Span(4, "inner", "nginx", 1, 5, kind: 1, status: 2, parent: "00000000000000ff", service: "nginx"),
                Samples.Span(3, "plain", at: 500, http: 200, route: "/board"),
                Samples.Span(2, "failed", at: 1000, status: 2, http: 500),
                Samples.Span(1, "slow", "site-8002", 2000, 700));
        }

        public async ValueTask DisposeAsync()
        {
            await Store.DisposeAsync();
            _folder.Dispose();
        }
    }
}
