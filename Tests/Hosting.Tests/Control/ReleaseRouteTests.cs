using System.Net;
using System.Text;
using Stack.Hosting.Control;
using Testing;

namespace Hosting.Tests.Control;

public sealed class ReleaseRouteTests
{
    [Theory]
    [InlineData("deploy", "", "deploy site from its project as it comes")]
    [InlineData("deploy", "{}", "deploy site from its project as it comes")]
    [InlineData("deploy", "{\"folder\":null}", "deploy site from its project as it comes")]
    [InlineData("deploy", "{\"folder\":\"/srv/out\",\"name\":\"v1.2\"}", "deploy site from /srv/out as v1.2")]
    [InlineData("rollback", "", "rollback site to the one before")]
    [InlineData("rollback", "{\"to\":\"v1.1\"}", "rollback site to v1.1")]
    public async Task Orders_are_passed_on(string command, string body, string passed)
    {
        await using var harness = await ControlHarness.StartAsync();
        harness.Stack.Outcome = _ => Task.FromResult(CommandOutcome.Done("'site' runs 'v1.2'."));

        var response = await harness.Client.PostAsync($"SITE/{command}", Json(body));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe("{\"message\":\"\\u0027site\\u0027 runs \\u0027v1.2\\u0027.\"}");
        harness.Stack.Commands.ShouldBe([passed]);
    }

    [Theory]
    [InlineData("site/deploy", "[]", HttpStatusCode.BadRequest)]
    [InlineData("site/rollback", "{\"to\":", HttpStatusCode.BadRequest)]
    [InlineData("shop/deploy", "", HttpStatusCode.NotFound)]
    [InlineData("shop/rollback", "", HttpStatusCode.NotFound)]
    [InlineData("site-8001/deploy", "", HttpStatusCode.UnprocessableEntity)]
    [InlineData("site-8001/rollback", "", HttpStatusCode.UnprocessableEntity)]
    public async Task What_is_not_understood_or_is_no_site_is_not_passed_on(string path, string body, HttpStatusCode status)
    {
        await using var harness = await ControlHarness.StartAsync();

        (await harness.Client.PostAsync(path, Json(body))).StatusCode.ShouldBe(status);

        harness.Stack.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deploy_under_way_is_a_conflict_and_one_that_is_not_waited_for_an_operation()
    {
        await using var harness = await ControlHarness.StartAsync();
        harness.Stack.Outcome = _ => Task.FromResult(CommandOutcome.Busy("'site' is being changed: deploy (by command)."));

        var busy = await harness.Client.PostAsync("site/deploy", null);
        var begun = await harness.Client.PostAsync("site/rollback?wait=false", null);

        busy.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problem = await ControlHarness.ProblemAsync(busy);
        (problem.Outcome, problem.Detail).ShouldBe(("Busy", "'site' is being changed: deploy (by command)."));
        begun.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        begun.Headers.Location!.ToString().ShouldStartWith("/v1/operations/");
    }

    [Fact]
    public async Task The_releases_of_a_site_are_listed()
    {
        await using var harness = await ControlHarness.StartAsync();

        (await harness.Client.GetStringAsync("site/releases")).ShouldBe(
            """{"resource":"site","current":"build","previous":null,"releases":[{"name":"build","madeAt":null,"folder":null,"current":true,"previous":false,"replicas":["site-8001","site-8002"]}]}""");
        (await harness.Client.GetAsync("shop/releases")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await harness.Client.GetAsync("site-8001/releases")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Who_deploys_is_logged()
    {
        var log = new RecordingLogger();
        await using var harness = await ControlHarness.StartAsync(TimeProvider.System, SocketAccess.OwnerOnly, log);
        var me = $"by user {Native.GetEffectiveUserId()} (process {Environment.ProcessId})";

        await harness.Client.PostAsync("site/deploy", Json("{\"folder\":\"/srv/out\"}"));
        await harness.Client.PostAsync("site/rollback", null);

        log.Entries.Select(e => e.Message).ShouldBe([$"Deploy of site from /srv/out, {me}.", $"Rollback of site to the release before, {me}."]);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
