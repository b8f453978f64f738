using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace Hosting.Testing.Tests;

public sealed class TestingBuilderTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("stack-testing-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    [Trait("kind", "process")]
    public async Task An_AppHost_runs_in_a_test_on_free_ports_and_leaves_nothing()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([$"--Stack:State={_state}"], Cancelled);
        var site = builder.Resources.OfType<ProjectResource>().Single(r => r.Name == "site");
        builder.CreateResourceBuilder(site).WithReplicas(2);
        var ready = Ready(builder, "nginx", "site");
        Uri gateway;
        await using (var app = await builder.BuildAsync(Cancelled))
        {
            await app.StartAsync(Cancelled);
            await ready.WaitAsync(TimeSpan.FromMinutes(2), Cancelled);
            gateway = app.GetEndpoint("nginx");

            gateway.Port.ShouldNotBe(8080);
            app.GetEndpoint("site").ShouldBe(gateway, "what asks for a site with a gateway gets the gateway");
            using var client = app.CreateHttpClient("site");
            List<string> replicas = [];
            for (var i = 0; i < 20; i++)
            {
                replicas.Add(JsonDocument.Parse(await client.GetStringAsync(new Uri("/whoami", UriKind.Relative), Cancelled)).RootElement.GetProperty("replica").GetString()!);
            }

            replicas.Distinct().Count().ShouldBe(2);
            using var one = app.CreateHttpClient(replicas[0]);
            (await one.GetStringAsync(new Uri("/whoami", UriKind.Relative), Cancelled)).ShouldContain($"\"{replicas[0]}\"");
        }

        using var after = new HttpClient();
        await Should.ThrowAsync<HttpRequestException>(() => after.GetAsync(gateway, Cancelled));
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task A_model_of_the_tests_own_starts_in_the_order_of_its_waits()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create($"--Stack:State={_state}");
        var notes = Path.Combine(_state, "notes");
        var first = builder.AddExecutable("first", "/bin/sh", "/", "-c", $"sleep 1.2; echo first >> {notes}");
        builder.AddExecutable("second", "/bin/sh", "/", "-c", $"echo second >> {notes}; exec sleep 60").WaitForCompletion(first);
        var ready = Ready(builder, "second");
        await using var app = await builder.BuildAsync(Cancelled);

        await app.StartAsync(Cancelled);

        await ready.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
        (await File.ReadAllLinesAsync(notes, Cancelled)).ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task A_builder_that_is_not_built_lets_the_AppHost_go()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([], Cancelled);

        builder.Resources.Select(r => r.Name).ShouldBe(["board", "migrations", "site", "nginx"]);
        builder.AppHostDirectory.ShouldBe(Projects.AppHost.ProjectPath);
    }

    [Fact]
    public async Task An_unknown_resource_is_answered_with_the_known_ones()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddExecutable("tool", "/bin/true", "/").WithHttpEndpoint(port: 1234);
        await using var app = await builder.BuildAsync(Cancelled);

        Should.Throw<ArgumentException>(() => app.GetEndpoint("site")).Message.ShouldStartWith("There is no resource or replica 'site'. The model has: 'tool'.");
    }

    [Fact]
    public async Task An_assembly_without_a_program_is_refused()
        => (await Should.ThrowAsync<InvalidOperationException>(() => DistributedApplicationTestingBuilder.CreateAsync<DistributedApplication>([], Cancelled)))
            .Message.ShouldBe("The assembly 'Stack.Hosting' has no program to run. Give a type of the AppHost's own assembly.");

    private static Task Ready(IDistributedApplicationBuilder builder, params string[] names)
    {
        var waits = names.ToDictionary(n => n, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        builder.Eventing.Subscribe<ResourceReadyEvent>((e, _) =>
        {
            if (waits.TryGetValue(e.Resource.Name, out var wait))
            {
                wait.TrySetResult();
            }

            return Task.CompletedTask;
        });
        return Task.WhenAll(waits.Values.Select(w => w.Task));
    }
}
