using System.Net;
using System.Text;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;
using Testing;

namespace Hosting.Tests.Control;

public sealed class StatusAndCommandTests
{
    [Fact]
    public async Task Status_is_the_snapshot_of_the_stack()
    {
        await using var harness = await ControlHarness.StartAsync();

        var json = await harness.Client.GetStringAsync("status");
        var status = await harness.GetAsync("status", ControlJson.Default.StackStatus);

        json.ShouldStartWith("{\"seq\":");
        json.ShouldContain("\"supervisor\":{\"pid\":4711,\"mode\":\"development\",\"startedAt\":\"1970-01-01T00:00:00+00:00\",\"isStarting\":false}");
        status.Resources.Select(r => r.Name).ShouldBe(["site", "nginx"]);
        status.Resources[0].Replicas.Select(r => r.Name).ShouldBe(["site-8001", "site-8002"]);
    }

    [Theory]
    [InlineData("site", "site")]
    [InlineData("site-8002", "site")]
    public async Task Details_are_those_of_the_name_that_is_asked_for(string name, string resource)
    {
        await using var harness = await ControlHarness.StartAsync();

        var details = await harness.GetAsync($"resources/{name}", ControlJson.Default.ResourceDetails);

        (details.Name, details.Resource).ShouldBe((name, resource));
    }

    [Fact]
    public async Task Dashboard_is_answered_apart_from_the_status()
    {
        await using var harness = await ControlHarness.StartAsync();

        var none = await harness.Client.GetAsync("dashboard");
        harness.Stack.Dashboard = new DashboardAccess { Url = "http://localhost:18888", LoginUrl = "http://localhost:18888/login?t=abc", ApiKey = "key" };
        var there = await harness.GetAsync("dashboard", ControlJson.Default.DashboardAccess);

        (await ControlHarness.ProblemAsync(none)).Detail.ShouldBe("This AppHost runs no dashboard.");
        there.ShouldBe(harness.Stack.Dashboard);
        (await harness.Client.GetStringAsync("status")).ShouldNotContain("key");
    }

    [Theory]
    [InlineData("shop")]
    [InlineData("a/b")]
    [InlineData("a+b c")]
    [InlineData("50%")]
    [InlineData("a%2Fb")]
    [InlineData("größe")]
    public async Task Names_are_decoded_exactly_once(string name)
    {
        await using var harness = await ControlHarness.StartAsync(FakeStack.Resource("site", "site-8001", "site-8002"), FakeStack.Resource(name, name));
        await File.WriteAllTextAsync(harness.LogFile(name), "hello\n");

        var command = await harness.Client.PostAsync($"{Uri.EscapeDataString(name)}/restart", null);
        var log = await harness.Client.GetStringAsync($"logs/{Uri.EscapeDataString(name)}");

        command.StatusCode.ShouldBe(HttpStatusCode.OK);
        harness.Stack.Commands.ShouldBe([$"restart {name}"]);
        log.ShouldContain("hello");
    }

    [Fact]
    public async Task Unknown_name_is_answered_with_the_names_there_are()
    {
        await using var harness = await ControlHarness.StartAsync();

        foreach (var response in (HttpResponseMessage[])[await harness.Client.PostAsync("shop/stop", null), await harness.Client.GetAsync("logs/shop")])
        {
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            var problem = await ControlHarness.ProblemAsync(response);
            problem.Detail.ShouldBe("There is no resource and no replica named 'shop'. Known: site, site-8001, site-8002, nginx.");
            problem.Known.ShouldBe(["site", "site-8001", "site-8002", "nginx"]);
        }

        harness.Stack.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task Unknown_command_or_route_is_not_found()
    {
        await using var harness = await ControlHarness.StartAsync();

        var command = await ControlHarness.ProblemAsync(await harness.Client.PostAsync("site/explode", null));
        var route = await ControlHarness.ProblemAsync(await harness.Client.GetAsync("nothing"));

        command.Detail.ShouldBe("There is no command 'explode'. Known: start, stop, restart, roll, reindex, scale.");
        route.Detail.ShouldBe("The control socket has no 'GET /v1/nothing'.");
    }

    [Fact]
    public async Task Command_that_fails_is_a_conflict_with_the_reason()
    {
        await using var harness = await ControlHarness.StartAsync();
        harness.Stack.Outcome = _ => Task.FromResult(CommandOutcome.Failed("Replica 'site-8001' did not get ready."));

        var response = await harness.Client.PostAsync("site/restart", null);

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problem = await ControlHarness.ProblemAsync(response);
        (problem.Outcome, problem.Detail).ShouldBe(("Failed", "Replica 'site-8001' did not get ready."));
    }

    [Fact]
    public async Task Command_repeated_in_the_reached_state_succeeds_again()
    {
        await using var harness = await ControlHarness.StartAsync();

        for (var i = 0; i < 3; i++)
        {
            (await harness.Client.PostAsync("site/stop", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Error_of_the_stack_is_an_answer_and_the_server_serves_on()
    {
        await using var harness = await ControlHarness.StartAsync();
        harness.Stack.Outcome = _ => throw new InvalidOperationException("It broke.");

        var response = await harness.Client.PostAsync("site/restart", null);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await ControlHarness.ProblemAsync(response)).Detail.ShouldBe("It broke.");
        (await harness.Client.GetAsync("status")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("", false, false)]
    [InlineData("{}", false, false)]
    [InlineData("{\"force\":true}", true, false)]
    [InlineData("{\"leaveRunning\":true}", false, true)]
    public async Task Down_is_passed_on_and_answered_at_once(string body, bool force, bool leaveRunning)
    {
        await using var harness = await ControlHarness.StartAsync();

        var response = await harness.Client.PostAsync("down", new StringContent(body, Encoding.UTF8, "application/json"));

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        harness.Stack.Downs.ShouldBe([(force, leaveRunning)]);
    }

    [Fact]
    public async Task Command_that_another_one_is_in_the_way_of_is_a_conflict()
    {
        await using var harness = await ControlHarness.StartAsync();
        harness.Stack.Outcome = _ => Task.FromResult(CommandOutcome.Busy("A roll of 'site' is under way, begun by recycling."));

        var response = await harness.Client.PostAsync("site/restart", null);

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problem = await ControlHarness.ProblemAsync(response);
        (problem.Outcome, problem.Detail).ShouldBe(("Busy", "A roll of 'site' is under way, begun by recycling."));
    }

    [Fact]
    public async Task Command_of_the_AppHosts_own_is_reached_by_either_route_even_when_its_name_is_taken()
    {
        await using var harness = await ControlHarness.StartAsync();
        harness.Stack.Outcome = _ => Task.FromResult(CommandOutcome.Done("12 documents."));

        foreach (var path in (string[])["site/reindex", "site/commands/reindex", "site/commands/scale"])
        {
            var response = await harness.Client.PostAsync(path, null);
            (await response.Content.ReadAsStringAsync()).ShouldBe("{\"message\":\"12 documents.\"}");
        }

        harness.Stack.Commands.ShouldBe(["reindex site", "reindex site", "scale site"]);
    }

    [Fact]
    public async Task Every_command_is_logged_with_user_and_process()
    {
        var log = new RecordingLogger();
        await using var harness = await ControlHarness.StartAsync(TimeProvider.System, SocketAccess.OwnerOnly, log);
        var me = $"by user {Native.GetEffectiveUserId()} (process {Environment.ProcessId})";

        await harness.Client.PostAsync("site/restart", null);
        await harness.Client.PostAsync("site/scale", Json("{\"replicas\":6}"));
        await harness.Client.PostAsync("down", Json("{\"force\":true}"));

        log.Entries.Select(e => e.Message).ShouldBe(
        [
            $"Command restart on site, {me}.",
            $"Scale of site to 6, {me}.",
            $"Stop of the whole stack, {me}; force: True, leave the replicas running: False.",
        ]);
    }

    [Fact]
    public async Task Scale_is_passed_on()
    {
        await using var harness = await ControlHarness.StartAsync();

        var response = await harness.Client.PostAsync("site/scale", Json("{\"replicas\":6}"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        harness.Stack.Commands.ShouldBe(["scale site to 6"]);
    }

    [Theory]
    [InlineData("site", "", "replicas", "The setting 'replicas' takes a number of 0 or more.")]
    [InlineData("site", "{}", "replicas", "The setting 'replicas' takes a number of 0 or more.")]
    [InlineData("site", "{\"replicas\":-1}", "replicas", "The setting 'replicas' takes a number of 0 or more.")]
    [InlineData("site-8001", "{\"replicas\":2}", "name", "'site-8001' is one replica of 'site'; only a resource can be scaled.")]
    public async Task Scale_that_can_not_be_names_the_setting(string name, string body, string setting, string message)
    {
        await using var harness = await ControlHarness.StartAsync();

        var response = await harness.Client.PostAsync($"{name}/scale", Json(body));

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var problem = await ControlHarness.ProblemAsync(response);
        problem.Setting.ShouldBe(setting);
        problem.Detail.ShouldBe(message);
        harness.Stack.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task Scale_that_the_stack_refuses_names_the_setting()
    {
        await using var harness = await ControlHarness.StartAsync();
        harness.Stack.Outcome = _ => Task.FromResult(CommandOutcome.Invalid("replicas", "Port 8005 belongs to 'shop'."));

        var response = await harness.Client.PostAsync("site/scale", Json("{\"replicas\":6}"));

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await ControlHarness.ProblemAsync(response)).Setting.ShouldBe("replicas");
    }

    [Fact]
    public async Task Scale_of_an_unknown_resource_is_not_found()
    {
        await using var harness = await ControlHarness.StartAsync();

        var response = await harness.Client.PostAsync("shop/scale", Json("{\"replicas\":6}"));

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ControlHarness.ProblemAsync(response)).Known.ShouldBe(["site", "site-8001", "site-8002", "nginx"]);
    }

    [Fact]
    public async Task Down_can_not_both_kill_and_leave_running()
    {
        await using var harness = await ControlHarness.StartAsync();

        var response = await harness.Client.PostAsync("down", Json("{\"force\":true,\"leaveRunning\":true}"));

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await ControlHarness.ProblemAsync(response)).Setting.ShouldBe("leaveRunning");
        harness.Stack.Downs.ShouldBeEmpty();
    }

    [Fact]
    public async Task Down_with_a_body_that_is_not_understood_stops_nothing()
    {
        await using var harness = await ControlHarness.StartAsync();

        var response = await harness.Client.PostAsync("down", new StringContent("{force"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ControlHarness.ProblemAsync(response)).Detail.ShouldStartWith("The body is not what 'down' takes, {\"force\":true}: ");
        harness.Stack.Downs.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("tail=x", "The setting 'tail' is 'x'; it takes a number of 0 or more.")]
    [InlineData("offset=-1", "The setting 'offset' is '-1'; it takes a number of 0 or more.")]
    [InlineData("follow=perhaps", "The setting 'follow' is 'perhaps'; it takes true or false.")]
    public async Task Setting_that_is_not_understood_is_named(string query, string message)
    {
        await using var harness = await ControlHarness.StartAsync();

        var response = await harness.Client.GetAsync($"logs/site-8001?{query}");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ControlHarness.ProblemAsync(response)).Detail.ShouldBe(message);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
