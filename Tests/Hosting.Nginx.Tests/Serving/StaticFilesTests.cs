using System.Net;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Assets;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Tests.Serving;

[Trait("kind", "process")]
public sealed class StaticFilesTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Nginx_sends_the_files_with_a_fingerprint_also_when_no_replica_answers()
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites, ("css/site.css", "body {}"));
        await sites[0].VanishAsync();
        await sites[1].VanishAsync();

        using var response = await nginx.Client.GetAsync(PublishedSite.Url("css/site.css", "body {}"), TestContext.Current.CancellationToken);
        using var page = await nginx.Client.GetAsync("/", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("body {}");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/css");
        response.Headers.GetValues("Cache-Control").ShouldBe(["max-age=31536000, immutable"]);
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.ETag.ShouldBeNull();
        page.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
    }

    [Theory]
    [InlineData("/css/site.css")]
    [InlineData("/css/site.0000000000.css")]
    [InlineData("/css/site.css?v=other")]
    [InlineData("/css/")]
    [InlineData("/")]
    public async Task All_other_addresses_are_the_sites(string path)
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites, ("css/site.css", "body {}"));

        using var response = await nginx.Client.GetAsync(path, TestContext.Current.CancellationToken);

        sites.Requests.ShouldBe(1);
        response.Headers.CacheControl.ShouldBeNull();
    }

    [Fact]
    public async Task A_file_that_is_gone_is_the_sites_again()
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites, ("css/site.css", "body {}"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(nginx.Request.Folder, NginxNames.AssetFolder), "site.css", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        using var response = await nginx.Client.GetAsync(PublishedSite.Url("css/site.css", "body {}"), TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound); // the test's site has no such page
        sites.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_compressed_file_beside_it_is_what_clients_get_that_can_read_it()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites, ("app.js", "let a = 1;"), ("app.js.gz", "as if compressed"));
        using HttpRequestMessage request = new(HttpMethod.Get, PublishedSite.Url("app.js", "let a = 1;")) { Headers = { AcceptEncoding = { new("gzip") } } };

        using var response = await nginx.Client.SendAsync(request, TestContext.Current.CancellationToken);

        response.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("as if compressed");
        response.Content.Headers.ContentType!.MediaType.ShouldEndWith("javascript");
    }

    private Task<RunningNginx> StartAsync(Sites sites, params (string File, string Content)[] files) => RunningNginx.StartAsync(NginxRuntime.Process, sites.Ports, change: request =>
    {
        var published = PublishedSite.Write(_temp, "out", files);
        var assets = new AssetStore(Path.Combine(request.Folder, NginxNames.AssetFolder), TimeProvider.System).Add("site", published);
        return request with { Options = new() { Assets = new Dictionary<string, IReadOnlyList<StaticAsset>> { ["site"] = assets } } };
    });
}
