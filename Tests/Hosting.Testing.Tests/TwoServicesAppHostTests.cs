using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Testing;

namespace Hosting.Testing.Tests;

/// <summary>Two services of which one calls the other at the address that its reference hands over.</summary>
[Trait("kind", "process")]
public sealed class TwoServicesAppHostTests : IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task The_web_service_finds_the_api_by_its_reference()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.TwoServicesAppHost>([$"--Stack:State={_temp.Path}/state"], Cancelled);
        await using var app = await builder.BuildAsync(Cancelled);
        await app.StartAsync(Cancelled);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("web", Cancelled).Within(TimeSpan.FromMinutes(1));

        using var client = app.CreateHttpClient("web");
        (await client.GetStringAsync(new Uri("/", UriKind.Relative), Cancelled)).ShouldBe("Hello, web, in Development!");

        app.ResourceNotifications.TryGetCurrentState("seed", out var seed).ShouldBeTrue();
        seed!.Snapshot.State!.Text.ShouldBe(KnownResourceStates.Finished);
        app.ResourceNotifications.TryGetCurrentState("api", out var api).ShouldBeTrue();
        app.ResourceNotifications.TryGetCurrentState("web", out var web).ShouldBeTrue();
        api!.Snapshot.StartTimeStamp.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(seed.Snapshot.StopTimeStamp!.Value);
        web!.Snapshot.StartTimeStamp.ShouldNotBeNull().ShouldBeGreaterThan(api.Snapshot.StartTimeStamp.Value);
        web.Snapshot.Relationships.Select(r => $"{r.ResourceName} {r.Type}").ShouldBe(["api Reference", "api WaitFor"], ignoreOrder: true);
        web.Snapshot.EnvironmentVariables.ShouldContain(new EnvironmentVariableSnapshot("services__api__http__0", app.GetEndpoint("api").ToString().TrimEnd('/'), true));
    }

    [Fact]
    public async Task Replicas_of_the_api_are_healthy_each_on_its_own_and_a_restart_goes_from_one_to_the_next()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.TwoServicesAppHost>([$"--Stack:State={_temp.Path}/state"], Cancelled);
        var resource = builder.Resources.OfType<ProjectResource>().Single(r => r.Name == "api");
        builder.CreateResourceBuilder(resource).WithReplicas(2);
        await using var app = await builder.BuildAsync(Cancelled);
        await app.StartAsync(Cancelled);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("web", Cancelled).Within(TimeSpan.FromMinutes(1));

        List<string> names = [];
        await foreach (var change in app.ResourceNotifications.WatchAsync(Cancelled))
        {
            if (ReferenceEquals(change.Resource, resource) && !names.Contains(change.ResourceId))
            {
                names.Add(change.ResourceId);
            }

            if (names.Count == 2)
            {
                break;
            }
        }

        var before = names.Select(n => Started(app, n)).ToList();
        (await app.ResourceCommands.ExecuteCommandAsync(resource, KnownResourceCommands.RestartCommand, Cancelled).Within(TimeSpan.FromMinutes(1))).ErrorMessage.ShouldBeNull();
        var after = names.Select(n => Started(app, n)).ToList();

        after[0].ShouldBeGreaterThan(before[0]);
        after[1].ShouldBeGreaterThan(before[1]);
        foreach (var name in names)
        {
            using var client = app.CreateHttpClient(name);
            (await client.GetAsync(new Uri("/health", UriKind.Relative), Cancelled)).IsSuccessStatusCode.ShouldBeTrue();
        }
    }

    private static DateTime Started(DistributedApplication app, string replica)
    {
        app.ResourceNotifications.TryGetCurrentState(replica, out var found).ShouldBeTrue();
        return found!.Snapshot.StartTimeStamp.ShouldNotBeNull();
    }
}
