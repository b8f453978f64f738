using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Hosting.Testing.Tests;

public sealed class RunningAppTests : IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    [Trait("kind", "process")]
    public async Task Endpoints_are_found_by_resource_and_name()
    {
        await using var app = await StartAsync(builder => builder.AddExecutable("tool", "/bin/true", "/")
            .WithHttpEndpoint(targetPort: 4321).WithHttpEndpoint(targetPort: 4322, name: "admin").WithEndpoint(targetPort: 4323, name: "raw").WithExplicitStart());

        app.GetEndpoint("tool").ShouldBe(app.GetEndpoint("TOOL", "HTTP"));
        app.GetEndpoint("tool", "admin").ShouldNotBe(app.GetEndpoint("tool"));
        app.GetEndpoint("tool", "raw").Scheme.ShouldBe("tcp");
        app.GetEndpointForNetwork("tool", null).ShouldBe(app.GetEndpoint("tool"));
        app.GetEndpointForNetwork("tool", KnownNetworkIdentifiers.LocalhostNetwork, "admin").ShouldBe(app.GetEndpoint("tool", "admin"));
        Should.Throw<InvalidOperationException>(() => app.GetEndpointForNetwork("tool", new NetworkIdentifier("elsewhere")));
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Https_goes_before_http()
    {
        await using var app = await StartAsync(builder => builder.AddExecutable("tool", "/bin/true", "/").WithHttpEndpoint(targetPort: 1).WithHttpsEndpoint(targetPort: 2).WithExplicitStart());

        app.GetEndpoint("tool").Scheme.ShouldBe("https");
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task A_client_comes_from_the_applications_factory()
    {
        await using var app = await StartAsync(builder =>
        {
            builder.AddExecutable("tool", "/bin/true", "/").WithHttpEndpoint(targetPort: 4321).WithExplicitStart();
            builder.Services.ConfigureHttpClientDefaults(clients => clients.ConfigureHttpClient(client => client.DefaultRequestHeaders.Add("X-Mine", "yes")));
        });

        using var client = app.CreateHttpClient("tool");

        client.BaseAddress.ShouldBe(app.GetEndpoint("tool"));
        client.DefaultRequestHeaders.GetValues("X-Mine").ShouldBe(["yes"]);
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Connection_strings_are_those_of_the_resources()
    {
        await using var app = await StartAsync(
            builder =>
            {
                builder.AddConnectionString("configured");
                builder.AddConnectionString("built", ReferenceExpression.Create($"Server={builder.AddParameter("host").Resource}"));
            },
            "--ConnectionStrings:configured=Server=there",
            "--Parameters:host=here");

        (await app.GetConnectionStringAsync("configured", Cancelled)).ShouldBe("Server=there");
        (await app.GetConnectionStringAsync("built", Cancelled)).ShouldBe("Server=here");
    }

    [Theory]
    [InlineData("nothing", null, "There is no resource or replica 'nothing'. The model has: 'tool', 'bare', 'key'. (Parameter 'resourceName')")]
    [InlineData("tool", "nothing", "Resource 'tool' has no endpoint 'nothing'. It has: 'raw'. (Parameter 'endpointName')")]
    [InlineData("tool", null, "Resource 'tool' has no endpoint 'https' or 'http'. It has: 'raw'. (Parameter 'endpointName')")]
    [InlineData("bare", null, "Resource 'bare' has no endpoint 'https' or 'http'. It has: none. (Parameter 'endpointName')")]
    [InlineData("key", null, "Resource 'key' has no endpoints. (Parameter 'resourceName')")]
    public async Task What_is_not_there_is_answered_with_what_is(string resource, string? endpoint, string message)
    {
        await using var app = await BuildAsync(Declare);

        Should.Throw<ArgumentException>(() => app.GetEndpoint(resource, endpoint)).Message.ShouldBe(message);
        Should.Throw<ArgumentException>(() => app.CreateHttpClient(resource, endpoint)).Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("nothing", "There is no resource or replica 'nothing'. The model has: 'tool', 'bare', 'key'. (Parameter 'resourceName')")]
    [InlineData("tool", "Resource 'tool' has no connection string. (Parameter 'resourceName')")]
    public async Task A_connection_string_that_is_not_there_is_an_error(string resource, string message)
    {
        await using var app = await BuildAsync(Declare);

        (await Should.ThrowAsync<ArgumentException>(async () => await app.GetConnectionStringAsync(resource, Cancelled))).Message.ShouldBe(message);
    }

    [Fact]
    public async Task An_application_that_was_not_started_has_no_addresses()
    {
        await using var app = await BuildAsync(builder =>
        {
            Declare(builder);
            builder.AddConnectionString("db");
        });

        Should.Throw<InvalidOperationException>(() => app.GetEndpoint("tool", "raw"))
            .Message.ShouldBe("The application has not been started, so resource 'tool' can't be reached. Call StartAsync first.");
        (await Should.ThrowAsync<InvalidOperationException>(async () => await app.GetConnectionStringAsync("db", Cancelled)))
            .Message.ShouldBe("The application has not been started, so resource 'db' can't be reached. Call StartAsync first.");
    }

    private static void Declare(IDistributedApplicationBuilder builder)
    {
        builder.AddExecutable("tool", "/bin/true", "/").WithEndpoint(targetPort: 4321, name: "raw");
        builder.AddExecutable("bare", "/bin/true", "/");
        builder.AddParameter("key");
    }

    private async Task<DistributedApplication> StartAsync(Action<IDistributedApplicationBuilder> declare, params string[] args)
    {
        var app = await BuildAsync(declare, args);
        try
        {
            await app.StartAsync(Cancelled).Within();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private Task<DistributedApplication> BuildAsync(Action<IDistributedApplicationBuilder> declare, params string[] args)
    {
        var builder = DistributedApplicationTestingBuilder.Create([$"--Stack:State={_temp.Path}", .. args]);
        declare(builder);
        return builder.BuildAsync(Cancelled);
    }
}
