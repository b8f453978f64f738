using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.Allocation;
using Stack.Hosting.Building;

namespace Hosting.Tests.Building;

public sealed class HttpCommandTests : IDisposable
{
    private readonly IDistributedApplicationBuilder _builder = Models.Empty();
    private readonly Replies _replies = new();

    public void Dispose() => _replies.Dispose();

    [Theory]
    [InlineData("/reindex", null, "site-http-http-post-/reindex")]
    [InlineData("/reindex", "PUT", "site-http-http-put-/reindex")]
    public void Its_name_tells_resource_endpoint_method_and_path(string path, string? method, string name)
    {
        var site = _builder.AddSite().WithHttpCommand(path, "Rebuild", commandOptions: method is null ? null : new() { Method = new HttpMethod(method) });

        Command(site).Name.ShouldBe(name);
    }

    [Theory]
    [InlineData("Running", ResourceCommandState.Enabled)]
    [InlineData("RuntimeUnhealthy", ResourceCommandState.Enabled)]
    [InlineData("Starting", ResourceCommandState.Disabled)]
    [InlineData("Finished", ResourceCommandState.Disabled)]
    public void It_can_be_called_while_the_resource_runs(string state, ResourceCommandState expected)
    {
        var site = _builder.AddSite().WithHttpCommand("/x", "X");
        var snapshot = new CustomResourceSnapshot { ResourceType = "Project", Properties = [], State = state };

        Command(site).UpdateState(new() { ResourceSnapshot = snapshot, ServiceProvider = _builder.Services.BuildServiceProvider() }).ShouldBe(expected);
    }

    [Fact]
    public async Task It_posts_to_the_replica_itself()
    {
        var site = _builder.AddSite().WithReplicas(2).WithSequentialPorts(8001).WithHttpCommand("/reindex?all=1", "Rebuild");

        (await ExecuteAsync(site, "site-8002")).Success.ShouldBeTrue();

        _replies.Asked.ShouldBe(["POST http://127.0.0.1:8002/reindex?all=1"]);
    }

    [Fact]
    public async Task A_status_that_is_no_success_is_a_failure_that_names_it()
    {
        _replies.Status = HttpStatusCode.ServiceUnavailable;
        var site = _builder.AddSite().WithSequentialPorts(8001).WithHttpCommand("/reindex", "Rebuild");

        (await ExecuteAsync(site, "site-8001")).ErrorMessage.ShouldBe("POST http://127.0.0.1:8001/reindex answered 503.");
    }

    [Fact]
    public async Task The_request_can_be_changed_and_the_answer_judged()
    {
        var site = _builder.AddSite().WithSequentialPorts(8001).WithHttpCommand("/reindex", "Rebuild", commandName: "reindex", commandOptions: new()
        {
            Method = HttpMethod.Get,
            PrepareRequest = context =>
            {
                context.Request.Headers.Add("X-Key", context.ResourceName);
                return Task.CompletedTask;
            },
            GetCommandResult = context => Task.FromResult(CommandResults.Failure($"judged {(int)context.Response.StatusCode} of {context.Endpoint.EndpointName}")),
        });

        Command(site).Name.ShouldBe("reindex");
        (await ExecuteAsync(site, "site-8001")).ErrorMessage.ShouldBe("judged 200 of http");
        _replies.Asked.ShouldBe(["GET http://127.0.0.1:8001/reindex X-Key=site-8001"]);
    }

    [Fact]
    public async Task An_endpoint_that_is_missing_or_speaks_no_http_is_an_error()
    {
        var service = _builder.AddExecutable("service", "/bin/true", "/").WithEndpoint(targetPort: 70, name: "raw");

        Should.Throw<DistributedApplicationException>(() => service.WithHttpCommand("/x", "X", endpointName: "raw")).Message
            .ShouldBe("The HTTP command of resource 'service' can't use endpoint 'raw': its scheme is 'tcp'. Name one that speaks http.");
        service.WithHttpCommand("/x", "X", endpointName: "web", commandName: "x");
        (await Should.ThrowAsync<DistributedApplicationException>(() => ExecuteAsync(service, "service"))).Message
            .ShouldBe("The HTTP command of resource 'service' needs endpoint 'web', and 'service' has none of that name. Declare it, or name another.");
    }

    [Fact]
    public void The_short_and_the_long_overload_of_WithCommand_can_both_be_called()
    {
        var site = _builder.AddSite().WithCommand("a", "A", _ => Task.FromResult(CommandResults.Success()));
#pragma warning disable CS0618 // As programs for earlier versions of Aspire call it.
        site.WithCommand("b", "B", _ => Task.FromResult(CommandResults.Success()), updateState: _ => ResourceCommandState.Hidden, isHighlighted: true, iconName: "Box");
#pragma warning restore CS0618

        site.Resource.Annotations.OfType<ResourceCommandAnnotation>().Select(c => (c.Name, c.IsHighlighted, c.IconName)).ShouldBe([("a", false, null), ("b", true, "Box")]);
    }

    private static ResourceCommandAnnotation Command(IResourceBuilder<IResource> resource) => resource.Resource.Annotations.OfType<ResourceCommandAnnotation>().Last();

    private async Task<ExecuteCommandResult> ExecuteAsync(IResourceBuilder<IResource> resource, string name)
    {
        if (resource.Resource is ProjectResource)
        {
            PlanMaker.Publish(new PlanMaker((_, _) => 20000, randomizePorts: false).Make([resource.Resource]));
        }

        _builder.Services.AddHttpClient("").ConfigurePrimaryHttpMessageHandler(() => _replies);
        await using var services = _builder.Services.BuildServiceProvider();
        return await Command(resource).ExecuteCommand(new ExecuteCommandContext
        {
            ServiceProvider = services,
            ResourceName = name,
            CancellationToken = TestContext.Current.CancellationToken,
            Logger = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
        });
    }

    private sealed class Replies : HttpMessageHandler
    {
        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var key = request.Headers.TryGetValues("X-Key", out var values) ? $" X-Key={string.Join(',', values)}" : "";
            Asked.Add($"{request.Method} {request.RequestUri}{key}");
            return Task.FromResult(new HttpResponseMessage(Status));
        }
    }
}
