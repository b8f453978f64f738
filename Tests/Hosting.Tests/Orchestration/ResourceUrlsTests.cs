using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Allocation;
using Stack.Hosting.Building;
using Stack.Hosting.Orchestration;

namespace Hosting.Tests.Orchestration;

public sealed class ResourceUrlsTests
{
    private readonly IDistributedApplicationBuilder _builder = Models.Empty();
    private readonly IResourceBuilder<ProjectResource> _site;

    public ResourceUrlsTests() => _site = _builder.AddSite().WithReplicas(2).WithSequentialPorts(8001);

    [Fact]
    public async Task Each_endpoint_has_a_url_and_each_replica_shows_it_on_its_own_address()
    {
        (await UrlsAsync(0)).ShouldBe([new UrlSnapshot("http", "http://127.0.0.1:8001", false) { IsInactive = true }]);
        (await UrlsAsync(1)).ShouldBe([new UrlSnapshot("http", "http://127.0.0.1:8002", false) { IsInactive = true }]);
    }

    [Fact]
    public async Task An_added_url_is_active_from_the_start_and_has_its_text()
    {
        _site.WithUrl("https://example.test/docs", "Documentation");

        (await UrlsAsync(1))[1].ShouldBe(new UrlSnapshot(null, "https://example.test/docs", false) { DisplayProperties = new("Documentation") });
    }

    [Fact]
    public async Task A_relative_url_goes_to_the_first_endpoint_of_each_replica()
    {
        _site.WithUrl("/admin", "Administration");

        (await UrlsAsync(1))[1].Url.ShouldBe("http://127.0.0.1:8002/admin");
    }

    [Fact]
    public async Task The_url_of_an_endpoint_can_be_changed()
    {
        _site.WithUrlForEndpoint("HTTP", url =>
        {
            url.Url = "/start";
            url.DisplayText = "Start";
            url.DisplayOrder = 7;
            url.DisplayLocation = UrlDisplayLocation.DetailsOnly;
        });

        (await UrlsAsync(1)).ShouldBe([new UrlSnapshot("http", "http://127.0.0.1:8002/start", true) { IsInactive = true, DisplayProperties = new("Start", 7) }]);
    }

    [Fact]
    public async Task A_url_can_be_added_to_an_endpoint()
    {
        _site.WithUrlForEndpoint("http", endpoint => new ResourceUrlAnnotation { Url = $"{endpoint.Url}/health", DisplayText = "Health" })
            .WithUrlForEndpoint("nobody", _ => throw new InvalidOperationException("there is no such endpoint"));

        (await UrlsAsync(1)).Select(u => u.Url).ShouldBe(["http://127.0.0.1:8002", "http://127.0.0.1:8002/health"]);
    }

    [Fact]
    public async Task A_url_may_have_values_in_it()
    {
        _site.WithUrl($"{_site.GetEndpoint("http")}/swagger", "API");

        (await UrlsAsync(0))[1].ShouldBe(new UrlSnapshot("http", "http://127.0.0.1:8001/swagger", false) { IsInactive = true, DisplayProperties = new("API") });
    }

    [Fact]
    public async Task Callbacks_run_once_for_the_resource_in_their_order()
    {
        var calls = 0;
        _site.WithUrls(context =>
        {
            calls++;
            context.Urls.Clear();
            context.Urls.Add(new ResourceUrlAnnotation { Url = "http://one.test/" });
        }).WithUrls(async context =>
        {
            await Task.Yield();
            context.Urls[0].DisplayText = context.GetEndpoint("http")!.Url;
        });

        var urls = await UrlsAsync(0);

        calls.ShouldBe(1);
        urls.Single().DisplayProperties.DisplayName.ShouldBe("http://127.0.0.1:8001");
    }

    [Fact]
    public async Task A_resource_without_endpoints_keeps_what_it_was_given()
    {
        var thing = _builder.AddResource(new Thing("thing")).WithUrl("https://example.test/").WithUrl("/relative");

        var urls = await ResourceUrls.ComputeAsync(thing.Resource, _builder.ExecutionContext, NullLogger.Instance, TestContext.Current.CancellationToken);

        urls.Select(u => u.Url).ShouldBe(["https://example.test/", "/relative"]);
    }

    private async Task<List<UrlSnapshot>> UrlsAsync(int replica)
    {
        PlanMaker.Publish(new PlanMaker((_, _) => 20000, randomizePorts: false).Make(_builder.Resources));
        var urls = await ResourceUrls.ComputeAsync(_site.Resource, _builder.ExecutionContext, NullLogger.Instance, TestContext.Current.CancellationToken);
        return [.. ResourceUrls.ForReplica(urls, replica)];
    }

    private sealed class Thing(string name) : Resource(name);
}
