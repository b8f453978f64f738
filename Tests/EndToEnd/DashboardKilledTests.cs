using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace EndToEnd;

/// <summary>The dashboard ends in the middle of everything: the site must not notice, and the dashboard must not forget.</summary>
[Collection("running stack")]
[Trait("kind", "e2e")]
public sealed class DashboardKilledTests(RunningStack stack)
{
    private const int Marked = 20;

    [Fact]
    public async Task Killing_the_dashboard_under_load_fails_no_request_and_loses_nothing_it_had()
    {
        var mark = $"/before-the-kill-{Guid.NewGuid():N}";
        for (var i = 0; i < Marked; i++)
        {
            using var answer = await stack.Gateway.GetAsync(new Uri(mark, UriKind.Relative), TestContext.Current.CancellationToken);
        }

        await UntilAsync(mark, Marked);
        using var load = new SteadyLoad(new Uri("http://localhost:8080/whoami"));
        await load.UntilAsync(100);
        var before = await PidAsync();

        Process.GetProcessById(before!.Value).Kill();
        await load.UntilAsync(300);

        await Eventually.TrueAsync(async () => await PidAsync() is { } now && now != before, TimeSpan.FromSeconds(60), async () => $"the dashboard's pid was {before} and is {await PidAsync()}");
        await UntilAsync(mark, Marked);
        var after = $"/after-the-kill-{Guid.NewGuid():N}";
        using (var answer = await stack.Gateway.GetAsync(new Uri(after, UriKind.Relative), TestContext.Current.CancellationToken))
        {
            await UntilAsync(after, 1);
        }

        (await load.StopAsync()).ShouldBeEmpty();
    }

    private async Task<int?> PidAsync()
    {
        var dashboard = (await stack.StatusAsync()).GetProperty("resources").EnumerateArray().Single(r => r.GetProperty("name").GetString() == "aspire-dashboard").GetProperty("replicas")[0];
        return dashboard.GetProperty("pid") is { ValueKind: JsonValueKind.Number } pid ? pid.GetInt32() : null;
    }

    /// <summary>Waits until exactly so many request records of a path are stored.</summary>
    private async Task UntilAsync(string path, int count)
    {
        var (url, _, key) = await stack.DashboardAsync();
        using var client = new HttpClient { BaseAddress = url };
        client.DefaultRequestHeaders.Add("X-API-Key", key);
        var stored = -1;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    var answer = await client.GetFromJsonAsync<JsonElement>($"/api/telemetry/logs?limit=1&resource=site&q=%22{Uri.EscapeDataString(path)}%22", TestContext.Current.CancellationToken);
                    stored = answer.GetProperty("totalCount").GetInt32();
                }
                catch (HttpRequestException)
                {
                    stored = -1; // it is not back yet
                }

                return stored == count;
            },
            TimeSpan.FromSeconds(60),
            () => Task.FromResult($"{stored} of {count} records of {path}"));
    }
}
