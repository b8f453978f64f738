using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Orchestration.Injection;
using Testing;

namespace Hosting.Tests.Orchestration.Injection;

/// <summary>What is said of a site whose ServiceDefaults have, or have not, come to life.</summary>
[Trait("kind", "process")]
public sealed class SiteInjectorCheckTests : IDisposable
{
    private readonly SiteFolder _site = new SiteFolder().Runtime().Dependencies().With("inject/Stack.Inject.dll");
    private readonly RecordingLogger _logger = new();

    public void Dispose() => _site.Dispose();

    [Theory]
    [InlineData("application/json", 200, false)]
    [InlineData("text/html", 200, true)]
    [InlineData("application/json", 404, true)]
    public async Task Site_without_the_answer_is_named_once_with_the_causes(string type, int status, bool isNamed)
    {
        await using var answers = await ServeAsync(type, status);
        var injector = Injector(new Uri(answers.Urls.Single()).Port);
        injector.Apply(_site.Program, []);

        await injector.CheckAsync(TestContext.Current.CancellationToken);
        await injector.CheckAsync(TestContext.Current.CancellationToken);

        _logger.Entries.Count.ShouldBe(isNamed ? 1 : 0);
        if (isNamed)
        {
            _logger.Entries[0].Message.ShouldStartWith($"Resource 'site': ServiceDefaults were added to the site without effect: {answers.Urls.Single()}/alive did not answer with JSON. ");
            _logger.Entries[0].Message.ShouldEndWith("Reference ServiceDefaults in the site (docs/any-site.md), or end this warning with WithServiceDefaults(inject: false).");
        }
    }

    [Fact]
    public async Task Each_release_without_the_answer_is_named()
    {
        await using var answers = await ServeAsync("text/html", 200);
        using var release = new SiteFolder().Runtime().Dependencies();
        var injector = Injector(new Uri(answers.Urls.Single()).Port);
        foreach (var program in new[] { _site.Program, release.Program, release.Program })
        {
            injector.Apply(program, []);

            await injector.CheckAsync(TestContext.Current.CancellationToken);
        }

        _logger.Entries.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Site_that_got_none_or_does_not_answer_is_not_judged()
    {
        await using var answers = await ServeAsync("text/html", 200);

        await Injector(new Uri(answers.Urls.Single()).Port).CheckAsync(TestContext.Current.CancellationToken);
        var silent = Injector(FreePort.Next());
        silent.Apply(_site.Program, []);
        await silent.CheckAsync(TestContext.Current.CancellationToken);

        _logger.Entries.ShouldBeEmpty();
    }

    private static async Task<WebApplication> ServeAsync(string type, int status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            return context.Response.WriteAsync("{}");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private SiteInjector Injector(int port)
    {
        var site = new ProjectResource("site");
        var endpoint = new EndpointAnnotation(ProtocolType.Tcp, "http", name: "http");
        endpoint.ReplicaEndpoints = [new AllocatedEndpoint(endpoint, "127.0.0.1", port)];
        site.Annotations.Add(endpoint);
        return new(site, _site.Inject, _logger);
    }
}
