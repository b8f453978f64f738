using Stack.Hosting.Control.Contract;

namespace Cli.Tests;

public sealed class DeployCommandTests
{
    private static readonly ResourceStatus Site = Samples.Resource("site", replicas: [Samples.Replica("site-8001", 1, 8001), Samples.Replica("site-8002", 2, 8002)]);
    private static readonly ResourceStatus Job = Samples.Resource("job", replicas: [Samples.Replica("job", 3, 9001)]);

    [Fact]
    public async Task Deploy_publishes_the_only_site_when_it_is_told_nothing_else()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = Samples.Stack(Job, Site);
        appHost.Answers["POST /v1/site/deploy"] = FakeAppHost.Json(200, "{\"message\":\"'site' runs '20261128-120000-7f3a09c1'; before, it was 'build'.\"}");

        (await appHost.RunAsync("deploy")).ShouldBe(new CliRun(0, "site: publishing the project\n'site' runs '20261128-120000-7f3a09c1'; before, it was 'build'.\n", ""));

        appHost.Requests.Last(r => r.StartsWith("POST", StringComparison.Ordinal)).ShouldBe("POST /v1/site/deploy {\"folder\":null,\"name\":null}");
    }

    [Fact]
    public async Task A_folder_is_passed_on_as_a_full_path_with_the_name()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["POST /v1/site/deploy"] = FakeAppHost.Json(200, "{}");
        const string folder = "/nowhere/out"; // the folder that the test calls it from

        (await appHost.RunAsync("deploy", "site:*", "--from", "out", "--name", "v1.2")).ShouldBe(new CliRun(0, $"site: copying {folder}\nsite: deployed\n", ""));

        appHost.Requests.Last(r => r.StartsWith("POST", StringComparison.Ordinal)).ShouldBe($"POST /v1/site/deploy {{\"folder\":\"{folder}\",\"name\":\"v1.2\"}}");
    }

    [Fact]
    public async Task A_deploy_that_froze_exits_with_1_and_the_reason_with_the_last_lines()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["POST /v1/site/deploy"] = FakeAppHost.Json(
            409, """{"status":409,"title":"Conflict","detail":"The deploy of 'site' froze at 'site-8001'.\nThe last lines of 'site-8001':\nno such table","outcome":"Failed"}""", "application/problem+json");

        (await appHost.RunAsync("deploy", "site")).ShouldBe(
            new CliRun(1, "site: publishing the project\n", "The deploy of 'site' froze at 'site-8001'.\nThe last lines of 'site-8001':\nno such table\n"));
    }

    [Fact]
    public async Task Rollback_goes_to_the_release_before_or_to_the_one_that_is_named()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = Samples.Stack(Site);
        appHost.Answers["POST /v1/site/rollback"] = FakeAppHost.Json(200, "{}");

        (await appHost.RunAsync("rollback")).ShouldBe(new CliRun(0, "site: rolled back\n", ""));
        (await appHost.RunAsync("rollback", "site", "--to", "v1.1")).ShouldBe(new CliRun(0, "site: rolled back\n", ""));

        appHost.Requests.Where(r => r.StartsWith("POST", StringComparison.Ordinal)).ShouldBe(["POST /v1/site/rollback {\"to\":null}", "POST /v1/site/rollback {\"to\":\"v1.1\"}"]);
    }

    [Fact]
    public async Task With_no_wait_the_operation_is_printed_and_nothing_else()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["POST /v1/site/deploy?wait=false"] = FakeAppHost.Json(202, """{"id":"7f3a","command":"deploy","name":"site","state":"Running","startedAt":"2026-11-28T12:00:00+00:00"}""");

        (await appHost.RunAsync("deploy", "site", "--no-wait")).ShouldBe(new CliRun(0, "7f3a\n", ""));
    }

    [Theory]
    [InlineData("deploy")]
    [InlineData("rollback")]
    [InlineData("releases")]
    public async Task Where_several_sites_are_there_the_name_is_asked_for(string command)
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = Samples.Stack(Site, Site with { Name = "shop" });

        (await appHost.RunAsync(command)).ShouldBe(new CliRun(2, "", "There are several: site, shop. Name the one that is meant.\n"));
    }

    [Fact]
    public async Task Releases_are_listed_or_printed_as_the_AppHost_tells_them()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = Samples.Stack(Site);
        appHost.Answers["GET /v1/site/releases"] = FakeAppHost.Json(200, """
            {"resource":"site","current":"20261128-120000-v1.2","previous":"build","new":"field","releases":[
             {"name":"20261128-120000-v1.2","madeAt":"2026-11-28T12:00:00+00:00","folder":"/r","current":true,"previous":false,"replicas":["site-8001","site-8002"]},
             {"name":"build","madeAt":null,"folder":null,"current":false,"previous":true,"replicas":[]}]}
            """);

        (await appHost.RunAsync("releases")).ShouldBe(new CliRun(0, """
            RELEASE               MADE (UTC)                     REPLICAS
            20261128-120000-v1.2  2026-11-28 12:00:00  current   site-8001, site-8002
            build                 -                    previous  -

            """, ""));
        (await appHost.RunAsync("releases", "--json")).Out.ShouldContain("\"new\": \"field\"");
    }
}
