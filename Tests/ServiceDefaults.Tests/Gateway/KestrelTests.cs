using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Gateway;

public class KestrelTests
{
    [Fact]
    public async Task Limits_come_from_configuration_and_the_others_stay()
    {
        await using var site = await TestSite.StartAsync(
            new() { ["Kestrel:Limits:MaxConcurrentConnections"] = "50", ["Kestrel:Limits:KeepAliveTimeout"] = "00:02:40", ["Kestrel:Limits:Http2:MaxStreamsPerConnection"] = "7" },
            sockets: true);

        var limits = site.App.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        limits.MaxConcurrentConnections.ShouldBe(50);
        limits.KeepAliveTimeout.ShouldBe(TimeSpan.FromSeconds(160));
        limits.Http2.MaxStreamsPerConnection.ShouldBe(7);
        limits.MaxRequestBodySize.ShouldBe(30_000_000);
    }

    [Fact]
    public async Task Body_limit_is_in_force_and_no_header_names_the_server()
    {
        await using var site = await TestSite.StartAsync(
            new() { ["Kestrel:Limits:MaxRequestBodySize"] = "10" }, sockets: true,
            pipeline: app => app.MapPost("/", async (HttpContext context) =>
            {
                using var reader = new StreamReader(context.Request.Body);
                return await reader.ReadToEndAsync(context.RequestAborted);
            }));
        using var client = site.CreateClient();

        using var small = await client.PostAsync("/", new StringContent("small"), TestContext.Current.CancellationToken);
        using var large = await client.PostAsync("/", new StringContent("larger than ten"), TestContext.Current.CancellationToken);

        small.StatusCode.ShouldBe(HttpStatusCode.OK);
        small.Headers.Contains("Server").ShouldBeFalse();
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await site.SummariesAsync(2))[^1].Values["StatusCode"].ShouldBe(413);
    }
}
