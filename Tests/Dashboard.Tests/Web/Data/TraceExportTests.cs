using System.Text.Json;

namespace Stack.Dashboard.Tests.Web.Data;

public sealed class TraceExportTests
{
    [Fact]
    public async Task Exactly_the_filter_of_the_page_is_exported_with_all_spans_of_each_trace()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SentSpan.SendAsync(dashboard, [.. Enumerable.Range(0, 120).SelectMany(i => SentSpan.Retried($"{i + 1:x32}"))]);
        await SentSpan.SendAsync(dashboard, new SentSpan(new string('f', 32), "00f067aa0ba902ba", "broken", "site-8009") { IsError = true });

        var all = await SpansAsync(dashboard, "/export/traces.json?from=2026-11-01");
        var failed = await SpansAsync(dashboard, "/export/traces.json?from=2026-11-01&errors=true");

        all.Count.ShouldBe(361);
        all.Distinct().Count().ShouldBe(121);
        failed.ShouldBe([new string('f', 32)]);
    }

    private static async Task<List<string>> SpansAsync(TestDashboard dashboard, string address)
    {
        using var json = JsonDocument.Parse(await dashboard.Browser.GetStringAsync(address));
        return
        [
            .. json.RootElement.GetProperty("resourceSpans").EnumerateArray().SelectMany(r => r.GetProperty("scopeSpans").EnumerateArray())
                .SelectMany(s => s.GetProperty("spans").EnumerateArray()).Select(s => s.GetProperty("traceId").GetString()!),
        ];
    }
}
