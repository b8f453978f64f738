using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;
using Testing;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>The options as an AppHost gives them, with the engine and real replicas.</summary>
[Trait("kind", "process")]
public sealed class OptionsAppTests
{
    [Fact]
    public async Task Encrypted_with_limits_and_sticky_sessions_Nginx_is_healthy_and_the_replicas_know_their_settings()
    {
        var plain = RunningNginx.FreePort();
        await using var app = await RunningApp.StartAsync(2, (nginx, temp) =>
        {
            var (certificate, key) = TestCertificate.Create(temp);
            nginx.WithTls(certificate, key, httpPort: plain).WithLimits(body: 1_000).WithStickySessions();
        });
        using HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false });

        var nginx = await app.UntilAsync("nginx", r => r.GetProperty("health").GetString() == "Ready", "Nginx is ready");
        var environment = await File.ReadAllTextAsync($"/proc/{(await app.ReplicasAsync())[0].GetProperty("pid").GetInt32()}/environ", TestContext.Current.CancellationToken);
        using var first = await app.Client.GetAsync("/", TestContext.Current.CancellationToken);
        using var large = await app.Client.PostAsync("/", new ByteArrayContent(new byte[1_001]), TestContext.Current.CancellationToken);
        using var redirect = await client.GetAsync($"http://localhost:{plain}/a?b", TestContext.Current.CancellationToken);

        nginx.GetProperty("urls").EnumerateArray().Select(url => url.GetString()!.TrimEnd('/')).ShouldContain($"https://localhost:{app.Port}");
        environment.Split('\0').ShouldContain("STACK_STICKY=1");
        environment.Split('\0').ShouldContain("Kestrel__Limits__MaxRequestBodySize=1000");
        first.Headers.GetValues("Set-Cookie").Single().ShouldStartWith("stack_route=");
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        redirect.Headers.Location.ShouldBe(new Uri($"https://localhost:{app.Port}/a?b"));
    }

    [Fact]
    public async Task The_commands_show_test_compare_and_hand_over_the_configuration_and_replicas_are_followed_afterwards()
    {
        await using var app = await RunningApp.StartAsync(2, (nginx, _) => nginx.WithRoute("/slow", Site(nginx), timeout: TimeSpan.FromMinutes(5)));

        (await SaidAsync(app, "show")).ShouldContain("\n# ---- stack/server.conf\n");
        (await SaidAsync(app, "test")).ShouldBe("nginx accepts the configuration. It is the one in use.");
        (await SaidAsync(app, "diff")).ShouldBe("A reload would change nothing.");

        app.WriteSource("conf.d/server-mine.conf", "add_header X-Mine yes always;\n");
        (await SaidAsync(app, "diff")).ShouldContain("\n+add_header X-Mine yes always;");
        (await SaidAsync(app, "eject")).ShouldContain("stack/http.conf, stack/proxy.conf, stack/server.conf");
        var (again, why) = await app.CommandAsync("commands/eject", to: "nginx");
        (again, why).ShouldBe((HttpStatusCode.Conflict, $"'{app.Source}/stack' is there already: the configuration was ejected before. Remove that folder first, if nothing in it is needed any more."), "a second time");

        await File.AppendAllTextAsync(Path.Combine(app.Source, NginxNames.ProxyFile), "proxy_hide_header Date;\n", TestContext.Current.CancellationToken);
        await SaidAsync(app, "reload");
        await app.ScaleAsync(3);

        app.Upstream.Count.ShouldBe(3);
        using var response = await app.Client.GetAsync("/", TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("X-Mine").ShouldBe(["yes"]);
    }

    [Fact]
    public async Task A_deployed_release_has_its_files_sent_by_Nginx_and_those_of_the_release_before_stay()
    {
        await using var app = await RunningApp.StartAsync(2, (nginx, _) => nginx.WithStaticFiles(Site(nginx)));
        using Nginx.Tests.TempFolder temp = new();

        foreach (var release in new[] { "one", "two" })
        {
            var folder = Published(temp, release);
            var (status, said) = await app.CommandAsync("deploy", new { folder, name = release });
            status.ShouldBe(HttpStatusCode.OK, said);
            Directory.Delete(folder, recursive: true);
        }

        foreach (var release in new[] { "one", "two" })
        {
            using var response = await app.Client.GetAsync(PublishedSite.Url("css/site.css", release), TestContext.Current.CancellationToken);
            (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(release);
            response.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromDays(365));
        }
    }

    /// <summary>The test child as a published site, with static files that it does not know of.</summary>
    private static string Published(Nginx.Tests.TempFolder temp, string release)
    {
        var folder = PublishedSite.Write(temp, $"site-{release}", ("css/site.css", release));
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(ActorProgram.Path)!))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return folder;
    }

    private static IResourceBuilder<ProjectResource> Site(IResourceBuilder<NginxResource> nginx) =>
        nginx.ApplicationBuilder.CreateResourceBuilder(nginx.ApplicationBuilder.Resources.OfType<ProjectResource>().Single());

    private static async Task<string> SaidAsync(RunningApp app, string command)
    {
        var (status, said) = await app.CommandAsync($"commands/{command}", to: "nginx");
        status.ShouldBe(HttpStatusCode.OK, said);
        return said ?? "";
    }
}
