using System.Collections.Concurrent;
using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Testing;

[assembly: AssemblyFixture(typeof(DockerEngine))]

namespace Hosting.Testing.Tests;

/// <summary>An AppHost of two containers, two projects, an executable and a parameter, on a real engine.</summary>
[Trait("kind", "process")]
public sealed class ContainersAppHostTests(DockerEngine docker) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task It_starts_in_the_order_of_its_waits_and_stops_in_reverse()
    {
        await docker.UseAsync();
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ContainersAppHost>([$"--Stack:State={_temp.Path}/state"], Cancelled);
        ConcurrentQueue<string> seen = [];
        foreach (var resource in builder.Resources)
        {
            builder.Eventing.Subscribe<BeforeResourceStartedEvent>(resource, (e, _) => Add(seen, $"{e.Resource.Name} starts"));
            builder.Eventing.Subscribe<ResourceStoppedEvent>(resource, (e, _) => Add(seen, $"{e.Resource.Name} stopped"));
        }

        await using (var app = await builder.BuildAsync(Cancelled))
        {
            await app.StartAsync(Cancelled);
            await app.ResourceNotifications.WaitForResourceHealthyAsync("web", Cancelled).Within(Limit);

            using var client = app.CreateHttpClient("web");
            (await client.GetStringAsync(new Uri("/", UriKind.Relative), Cancelled)).ShouldBe("Good day, web, in Development!");
            (await LogAsync(app, "reader")).ShouldBe(["Good day: mounted from the AppHost's folder"]);
            await app.StopAsync(Cancelled);
        }

        seen.Where(s => s.EndsWith("starts", StringComparison.Ordinal)).ShouldBe(["cache starts", "reader starts", "seed starts", "api starts", "web starts"]);
        seen.Where(s => s.EndsWith("stopped", StringComparison.Ordinal)).ShouldBe(["reader stopped", "seed stopped", "web stopped", "api stopped", "cache stopped"]);
        (await docker.DockerAsync("ps", "--all", "--quiet")).ShouldBeEmpty("session containers end with the application");
        await docker.DockerAsync("volume", "rm", "reader-data");
    }

    [Fact]
    public async Task Nothing_of_it_survives_a_kill_of_the_AppHost()
    {
        await docker.UseAsync();
        var assembly = typeof(Projects.ContainersAppHost).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [assembly, "--environment=Development", "--DisableDashboard=true", "--DcpPublisher:RandomizePorts=true", $"--Stack:State={_temp.Path}/state"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
        };
        using var appHost = Process.Start(start)!;
        var output = appHost.StandardOutput;
        while (await output.ReadLineAsync(Cancelled).AsTask().Within(Limit) is { } line && !line.Contains("Ctrl+C stops everything", StringComparison.Ordinal))
        {
            // Everything has started when the summary is there.
        }

        (await docker.DockerAsync("ps", "--quiet", "--filter", "label=stack.resource=cache")).ShouldNotBeEmpty();
        appHost.Kill();
        await appHost.WaitForExitAsync(Cancelled);

        for (var begin = TimeProvider.System.GetTimestamp(); await docker.DockerAsync("ps", "--all", "--quiet") is { Length: > 0 };)
        {
            TimeProvider.System.GetElapsedTime(begin).ShouldBeLessThan(TimeSpan.FromSeconds(30), "a container is left");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancelled);
        }

        await docker.DockerAsync("volume", "rm", "reader-data");
    }

    private static async Task Add(ConcurrentQueue<string> seen, string what)
    {
        await Task.Yield();
        seen.Enqueue(what);
    }

    private static async Task<List<string>> LogAsync(DistributedApplication app, string name)
    {
        List<string> lines = [];
        await foreach (var batch in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(name))
        {
            lines.AddRange(batch.Select(l => l.Content[(l.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..]).Where(l => !l.StartsWith("Waiting for", StringComparison.Ordinal) && !l.StartsWith("Finished waiting", StringComparison.Ordinal)));
        }

        return lines;
    }
}
