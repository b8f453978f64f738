using System.Text.Json;
using Stack.Dashboard.Web.Data;

namespace Stack.Dashboard.Tests.Web.Data;

public sealed class LogExportTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("a=1", "a=1")]
    [InlineData("say \"no\", please", "\"say \"\"no\"\", please\"")]
    [InlineData("=two\nlines", "\"'=two\nlines\"")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void No_cell_is_read_as_a_formula(string? value, string expected) => LogFile.Cell(value).ShouldBe(expected);

    [Fact]
    public async Task Exactly_the_filter_of_the_page_is_exported()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(
            [new SentLog("=cmd|' /C calc'!A0", "site-8002", 17), new SentLog("other"), .. Enumerable.Range(0, 1500).Select(i => new SentLog($"record {i}", "site-8003", 13) { Attributes = { ["n"] = $"{i}" } })]);
        await dashboard.WaitForResourceAsync("site-8003");

        var csv = await dashboard.Browser.GetStringAsync("/export/logs.csv?resource=site-8002&level=Error");
        var lines = (await dashboard.Browser.GetStringAsync("/export/logs.ndjson?resource=site-8003&q=record&before=1")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var all = (await dashboard.Browser.GetStringAsync("/export/logs.csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        var rows = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        rows.Length.ShouldBe(2);
        rows[0].ShouldBe("time,level,service,instance,category,message,template,traceId,spanId,attributes");
        rows[1].ShouldMatch("^20[0-9TZ:.-]+,Error,site,site-8002,WebSite.Tests,'=cmd\\|' /C calc'!A0,,,,\\{\\}$");
        all.Length.ShouldBe(1503);
        lines.Length.ShouldBe(1500);
        var records = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        records.Select(record => record.GetProperty("message").GetString()).ShouldBe(Enumerable.Range(0, 1500).Select(i => $"record {i}"));
        records[7].GetProperty("attributes").GetProperty("n").GetString().ShouldBe("7");
    }
}
