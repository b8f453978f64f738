using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests;

/// <summary>Without any variable: the same answers as the same site without service defaults.</summary>
public class PlainSiteTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/sample/show/7?q=1")]
    [InlineData("/sample/absent")]
    [InlineData("/sample/fail")]
    [InlineData("/nowhere")]
    public async Task Answers_are_those_of_the_template_but_for_the_servers_name(string path)
    {
        await using var site = await TestSite.StartAsync(services: AddControllers, pipeline: Map, sockets: true);
        await using var template = await StartTemplateAsync();
        using var client = site.CreateClient();
        using var other = new HttpClient { BaseAddress = new(template.Urls.Single()) };

        var answer = await AskAsync(client, path);
        var expected = await AskAsync(other, path);

        expected.Remove("Server").ShouldBeTrue();
        answer.ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public async Task Nothing_is_said_at_the_start_and_nothing_is_sent()
    {
        await using var site = await TestSite.StartAsync(services: AddControllers, pipeline: Map);

        site.Logs.Lines.Where(line => line.Level >= LogLevel.Warning).ShouldBeEmpty();
        site.App.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().Select(service => service.GetType().Name)
            .ShouldNotContain(name => name == "TelemetryLifetime" || name == "StdinLifeline" || name == "ServiceManagerNews" || name == "KeyFolderCheck");
    }

    private static void AddControllers(WebApplicationBuilder builder) => builder.Services.AddControllers();

    private static void Map(WebApplication app) => app.MapControllerRoute("default", "{controller=Sample}/{action=Index}/{id?}");

    private static async Task<WebApplication> StartTemplateAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        AddControllers(builder);
        var app = builder.Build();
        Map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    /// <summary>Status, body and headers, without the moment.</summary>
    private static async Task<Dictionary<string, string>> AskAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
        Dictionary<string, string> all = new()
        {
            ["status"] = answer.StatusCode.ToString(),
            ["body"] = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
        };
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Date"))
        {
            all[name] = string.Join(", ", values);
        }

        return all;
    }
}
