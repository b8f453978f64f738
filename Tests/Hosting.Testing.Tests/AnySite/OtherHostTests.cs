using System.Net;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Testing;

namespace Hosting.Testing.Tests.AnySite;

/// <summary>Sites that build their host in other ways than the templates, with an OpenTelemetry of their own that is eleven versions older than ours.</summary>
[Trait("kind", "process")]
public sealed partial class OtherHostTests(RunningSites running) : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await running.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("slim")]
    [InlineData("empty")]
    [InlineData("cleared")]
    [InlineData("own")]
    [InlineData("classic")]
    public async Task Site_has_traces_and_metrics(string kind)
    {
        using var client = running.App.CreateHttpClient(kind);

        (await client.GetAsync("/", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Wait.Until(() => running.Collector.Spans.Any(s => s.Resource["service.name"] == kind && s.Attributes["url.path"] == "/"), timeout: Limit);
        await Wait.Until(() => running.Collector.Points.Any(p => p.Resource["service.name"] == kind && p is { Metric: "http.server.request.duration", Kind: 10 }), timeout: Limit);
    }

    [Theory]
    [InlineData("slim")]
    [InlineData("empty")]
    [InlineData("own")]
    [InlineData("classic")]
    public async Task Site_has_one_record_of_each_request(string kind)
    {
        using var client = running.App.CreateHttpClient(kind);

        await client.GetAsync($"/record-of-{kind}", Cancelled);

        await Wait.Until(() => running.Collector.Logs.Any(l => l.Category == "Stack.Request" && l.Attributes["Path"] == $"/record-of-{kind}"), timeout: Limit);
        running.Collector.Logs.Count(l => l.Category == "Stack.Request" && l.Attributes["Path"] == $"/record-of-{kind}").ShouldBe(1);
    }

    [Fact]
    public async Task OpenTelemetry_of_the_sites_own_lives_beside_ours()
    {
        using var client = running.App.CreateHttpClient("own");
        await client.GetAsync("/", Cancelled);

        var said = (await client.GetStringAsync("/telemetry", Cancelled)).Split(' ');

        said[0].ShouldBe("True");
        said[1].ShouldStartWith("1.9.0");
        int.Parse(said[2]).ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("slim")]
    [InlineData("own")]
    public async Task Children_of_the_site_do_not_inherit_the_hook(string kind)
    {
        using var client = running.App.CreateHttpClient(kind);

        var environment = (await client.GetStringAsync("/child", Cancelled)).Split('\n');

        environment.ShouldContain(v => v.StartsWith("STACK_INSTANCE=", StringComparison.Ordinal));
        environment.ShouldNotContain(v => v.StartsWith("DOTNET_STARTUP_HOOKS=", StringComparison.Ordinal) || v.StartsWith("ASPNETCORE_HOSTINGSTARTUPASSEMBLIES=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_its_replicas_do_not_share_is_said_by_the_first_of_them_unless_it_is_silenced()
    {
        var replicas = running.Names("forgetful");

        await Wait.Until(() => running.ConsoleOf(replicas[0]).Contains("Sweeper (a hosted service) will run 2 times", StringComparison.Ordinal), timeout: Limit);

        Warnings(replicas[0]).ShouldBe(["Session", "Hubs", "HostedServices"]);
        Warnings(replicas[1]).ShouldBeEmpty();
        Warnings(running.Names("mvc")[0]).ShouldBeEmpty();

        string[] Warnings(string replica) => [.. Silencer().Matches(running.ConsoleOf(replica)).Select(m => m.Groups["name"].Value)];
    }

    [Fact]
    public async Task Host_without_a_web_server_is_left_alone()
    {
        await running.App.ResourceNotifications.WaitForResourceAsync("worker", KnownResourceStates.Finished, Cancelled).Within(Limit);

        running.ConsoleOf("worker").ShouldContain("loaded: Stack.Inject.\n");
    }

    [Fact]
    public async Task Site_that_must_not_get_them_is_as_it_was()
    {
        using var client = running.App.CreateHttpClient("plain");

        (await client.GetStringAsync("/", Cancelled)).ShouldBe("here");

        (await client.GetAsync("/alive", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        running.ConsoleOf("plain").ShouldNotContain("Stack.Request");
        running.Collector.Logs.ShouldNotContain(l => l.Resource["service.name"] == "plain");
    }

    [GeneratedRegex("Stack:Warnings:(?<name>[A-Za-z]+)=false silences this")]
    private static partial Regex Silencer();
}
