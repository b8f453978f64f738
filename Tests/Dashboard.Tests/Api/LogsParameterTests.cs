using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Stack.Dashboard.Tests.Api;

/// <summary>Who may ask for logs, and what each parameter does.</summary>
public sealed class LogsParameterTests(FilledDashboard filled) : IClassFixture<FilledDashboard>
{
    private RunningDashboard Dashboard => filled.Dashboard!;

    [Theory]
    [InlineData("", 6, 6)]
    [InlineData("limit=2", 6, 2)]
    [InlineData("resource=site", 5, 5)]
    [InlineData("resource=site-8001", 3, 3)]
    [InlineData("resource=SITE-8001&resource=worker", 4, 4)]
    [InlineData("resource=worker-x1", 1, 1)]
    [InlineData("resource=x1", 1, 1)]
    [InlineData("severity=Trace", 6, 6)]
    [InlineData("severity=warning", 3, 3)]
    [InlineData("severity=ERROR", 2, 2)]
    [InlineData("severity=Critical", 1, 1)]
    [InlineData("traceId=0af7651", 1, 1)]
    [InlineData("traceId=0AF7651916cd43dd8448eb211c80319c", 1, 1)]
    [InlineData("traceId=1111111", 0, 0)]
    [InlineData("q=two", 1, 1)]
    [InlineData("q=-two", 5, 5)]
    [InlineData("q=%22message%20t%22", 2, 2)]
    [InlineData("severity=warning&resource=site&limit=1", 2, 1)]
    [InlineData("limit=2&count=true", 6, 2)]
    [InlineData("limit=2&count=false", 2, 2)]
    [InlineData("unknown=x", 6, 6)]
    [InlineData("from=2026-11-22T08:15:00Z", 6, 6)]
    [InlineData("from=1795335300000&to=2026-11-22T09:15:01%2B01:00", 6, 6)]
    [InlineData("from=2026-11-22T08:15:01", 0, 0)]
    [InlineData("to=2026-11-22T08:15:00Z", 0, 0)]
    public async Task Every_parameter_narrows_and_both_counts_are_right(string query, int total, int returned)
    {
        var reply = await Dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/logs?" + query);

        reply.GetProperty("totalCount").GetInt32().ShouldBe(total);
        reply.GetProperty("returnedCount").GetInt32().ShouldBe(returned);
        ApiReplies.Bodies(reply.GetProperty("data")).Count.ShouldBe(returned);
    }

    [Theory]
    [InlineData("severity=loud", "Parameter 'severity' is 'loud', which is not a level. Levels: Trace, Debug, Information, Warning, Error, Critical.")]
    [InlineData("limit=0", "Parameter 'limit' is '0', which is not a whole number from 1 to 10000.")]
    [InlineData("limit=many", "Parameter 'limit' is 'many', which is not a whole number from 1 to 10000.")]
    [InlineData("traceId=xyz", "Parameter 'traceId' is 'xyz', which is not 7 to 32 hexadecimal digits.")]
    [InlineData("follow=maybe", "Parameter 'follow' is 'maybe', which is neither true nor false.")]
    [InlineData("count=some", "Parameter 'count' is 'some', which is neither true nor false.")]
    [InlineData("from=yesterday", "Parameter 'from' is 'yesterday', which is neither a time such as 2026-11-28T15:00:00Z nor milliseconds since 1970.")]
    [InlineData("to=99999999999999999", "Parameter 'to' is '99999999999999999', which is neither a time such as 2026-11-28T15:00:00Z nor milliseconds since 1970.")]
    [InlineData("after=-1", "Parameter 'after' is '-1', which is not a whole number from 0 to 9223372036854775807.")]
    public async Task What_makes_no_sense_is_400_and_says_why(string query, string detail)
    {
        using var response = await Dashboard.Client.GetAsync("/api/telemetry/logs?" + query);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString().ShouldBe(detail);
    }

    [Fact]
    public async Task An_unknown_resource_is_404_and_the_known_ones_are_named()
    {
        using var response = await Dashboard.Client.GetAsync("/api/telemetry/logs?resource=site&resource=shop");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()
            .ShouldBe("There is no resource 'shop'. Known: site-8001, site-8002, worker-x1.");
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong", HttpStatusCode.Unauthorized)]
    [InlineData(RunningDashboard.ApiKey, HttpStatusCode.OK)]
    [InlineData(RunningDashboard.ApiKey + "-2", HttpStatusCode.OK)]
    [InlineData(RunningDashboard.OtlpKey, HttpStatusCode.Unauthorized)]
    public async Task Both_keys_open_it_and_nothing_else(string? key, HttpStatusCode expected)
    {
        using var client = new HttpClient { BaseAddress = Dashboard.Client.BaseAddress };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add("X-API-Key", key);
        }

        foreach (var path in new[] { "logs", "logs?follow=maybe", "resources" })
        {
            using var response = await client.GetAsync("/api/telemetry/" + path);

            response.StatusCode.ShouldBeOneOf(expected, path.EndsWith("maybe", StringComparison.Ordinal) && expected == HttpStatusCode.OK ? HttpStatusCode.BadRequest : expected);
        }
    }
}
