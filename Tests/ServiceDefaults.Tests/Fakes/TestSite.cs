using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Tests.Fakes;

/// <summary>A small site in this process: service defaults, and what the test adds. Its settings stand where variables would.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    private TestSite(WebApplication app, RecordedLogs logs)
    {
        App = app;
        Logs = logs;
    }

    public WebApplication App { get; }

    public RecordedLogs Logs { get; }

    /// <summary>The records of the request summary, once there are so many.</summary>
    public Task<IReadOnlyList<LogLine>> SummariesAsync(int count) => Logs.WaitForAsync("Stack.Request", count);

    /// <summary>The record of the only request there was.</summary>
    public async Task<LogLine> SummaryAsync() => (await SummariesAsync(1)).ShouldHaveSingleItem();

    public static async Task<TestSite> StartAsync(
        Dictionary<string, string?>? settings = null,
        Action<WebApplicationBuilder>? services = null,
        Action<WebApplication>? pipeline = null,
        bool sockets = false,
        string environment = "Production")
    {
        var logs = new RecordedLogs();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders().AddProvider(logs);
        if (sockets)
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        }
        else
        {
            builder.WebHost.UseTestServer();
        }

        builder.AddServiceDefaults();
        services?.Invoke(builder);
        var app = builder.Build();
        pipeline?.Invoke(app);
        app.MapDefaultEndpoints();
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new(app, logs);
    }

    public HttpClient CreateClient()
    {
        if (App.Services.GetRequiredService<IServer>() is TestServer server)
        {
            return server.CreateClient();
        }

        var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        return new(handler) { BaseAddress = Address };
    }

    public Uri Address
        => new(App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Sends a GET as if its connection came from <paramref name="address"/>.</summary>
    public Task<HttpContext> GetFromAsync(string address, string path, params (string Name, string Value)[] headers)
        => App.GetTestServer().SendAsync(context =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse(address);
            context.Request.Method = "GET";
            context.Request.Scheme = "http";
            context.Request.Host = new("site.test");
            context.Request.Path = path;
            foreach (var (name, value) in headers)
            {
                context.Request.Headers[name] = value;
            }
        }, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync(TestContext.Current.CancellationToken);
        await App.DisposeAsync();
    }
}
