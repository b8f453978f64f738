using System.Net;
using System.Net.Http.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Tests.Serving;

[Trait("kind", "process")]
public sealed class SnippetTests
{
    [Fact]
    public async Task Lines_of_each_scope_have_their_effect_and_those_of_locations_also_while_a_replica_is_out()
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites,
            new(NginxScope.Main, "timer_resolution 50ms;"),
            new(NginxScope.Http, "map $arg_theme $theme {\n    default light;\n    dark dark;\n}"),
            new(NginxScope.Server, "location = /robots.txt {\n    return 200 \"none of $theme\";\n}"),
            new(NginxScope.Location, "proxy_set_header X-Theme $theme;"));

        (await nginx.Client.GetStringAsync("/robots.txt?theme=dark", TestContext.Current.CancellationToken)).ShouldBe("none of dark");
        foreach (var flag in new[] { "no-flag", "site.drain", "closing" })
        {
            await File.WriteAllTextAsync(Path.Combine(nginx.Request.Folder, NginxNames.FlagFolder, flag), "", TestContext.Current.CancellationToken);
            (await nginx.Client.GetFromJsonAsync<Dictionary<string, string>>("/headers?theme=dark", TestContext.Current.CancellationToken))!["X-Theme"].ShouldBe("dark", flag);
        }

        File.ReadAllText(Path.Combine(nginx.Request.Folder, NginxNames.CurrentLink, "stack", "snippet-1-main.conf")).ShouldBe("timer_resolution 50ms;\n");
    }

    [Theory]
    [InlineData("proxy_bufering off;", "[emerg] unknown directive \"proxy_bufering\" in call 2 of WithConfig (NginxScope.Location), line 2")]
    [InlineData("} server { listen 1;", "[emerg] unexpected \"}\" in call 2 of WithConfig (NginxScope.Location), line 2")]
    [InlineData("if ($host) {", "[emerg] unexpected end of file, expecting \"}\" in call 2 of WithConfig (NginxScope.Location), line 3")]
    [InlineData("return 200 \"never closed", "[emerg] unexpected end of file, expecting \";\" or \"}\" in call 2 of WithConfig (NginxScope.Location), line 3")]
    public async Task Lines_that_nginx_does_not_accept_are_named_by_their_call(string line, string complaint)
    {
        var error = await Should.ThrowAsync<DistributedApplicationException>(async () =>
            await (await RunningNginx.StartAsync(NginxRuntime.Process, [1], change: request => request with { Options = new() { Snippets = [new(NginxScope.Main, "# nothing"), new(NginxScope.Location, $"# mine\n{line}")] } })).DisposeAsync());

        error.Message.ShouldEndWith(complaint);
    }

    [Fact]
    public async Task The_users_own_page_is_shown_when_no_replica_answers()
    {
        await using var nginx = await RunningNginx.StartAsync(NginxRuntime.Process, [1], source => File.WriteAllText(Path.Combine(source, "errors", "502.html"), "back soon"));

        using var response = await nginx.Client.GetAsync("/", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("back soon");
    }

    private static Task<RunningNginx> StartAsync(Sites sites, params Snippet[] snippets) =>
        RunningNginx.StartAsync(NginxRuntime.Process, sites.Ports, change: request => request with { Options = new() { Snippets = snippets } });
}
