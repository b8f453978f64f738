using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Hosting.Tests.Control;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Orchestration;
using Testing;

namespace Hosting.Tests.Orchestration;

/// <summary>What the control socket of a running AppHost tells of a resource, and what it never tells.</summary>
[Trait("kind", "process")]
public sealed class RunningDetailsTests : IDisposable
{
    private const string Secret = "kT9-not-for-your-eyes";
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Secret_reaches_the_process_and_no_answer_of_the_socket()
    {
        await using var app = Build(builder =>
        {
            var secret = builder.AddParameter("db-code", Secret, secret: true);
            builder.AddExecutable("job", "/bin/sh", _temp.Path, "-c", "env > seen; exec sleep 600", "sh")
                .WithArgs(context => context.Args.Add(secret.Resource))
                .WithEnvironment("PLAIN_REFERENCE", secret)
                .WithEnvironment("ADDRESS", $"pg://user:{secret}@db/shop")
                .WithEnvironment(context => context.EnvironmentVariables["BY_HAND"] = $"<{Secret}>")
                .WithEnvironment("API_KEY", "another-that-only-its-name-tells")
                .WithEnvironment("GREETING", "hello")
                .WithUrl($"https://example.test/?code={Secret}", $"with {Secret}");
        });
        await app.StartAsync(Cancelled);
        using var client = ClientOf(app);
        var seen = _temp.File("seen");
        await Wait.Until(() => File.Exists(seen) && File.ReadAllText(seen).Contains("GREETING=hello", StringComparison.Ordinal), timeout: TimeSpan.FromMinutes(1));

        var details = await client.GetStringAsync("resources/job", Cancelled);
        var status = await client.GetStringAsync("status", Cancelled);
        await using var events = await client.GetStreamAsync("events", Cancelled);
        var snapshot = await ControlHarness.ReadUntilAsync(events, "\n\n");

        File.ReadAllText(seen).ShouldContain($"PLAIN_REFERENCE={Secret}");
        foreach (var answer in new[] { details, status, snapshot })
        {
            answer.ShouldNotContain(Secret);
            answer.ShouldNotContain("another-that-only-its-name-tells");
        }

        var variables = JsonSerializer.Deserialize(details, ControlJson.Default.ResourceDetails)!.Replicas.ShouldHaveSingleItem().Environment!.ToDictionary(v => v.Name);
        variables["GREETING"].ShouldBe(new VariableDetails("GREETING", "hello", IsMasked: false, IsFromModel: true));
        variables["BY_HAND"].Value.ShouldBe("<******>");
        foreach (var name in new[] { "PLAIN_REFERENCE", "ADDRESS", "API_KEY" })
        {
            variables[name].ShouldBe(new VariableDetails(name, ResourceDetails.Masked, IsMasked: true, IsFromModel: true));
        }

        variables["PATH"].IsFromModel.ShouldBeFalse();
        await app.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Details_have_moves_commands_relationships_and_urls()
    {
        await using var app = Build(builder =>
        {
            var first = builder.AddExecutable("first", "/bin/sh", _temp.Path, "-c", "exec sleep 600");
            builder.AddExecutable("second", "/bin/sh", _temp.Path, "-c", "exec sleep 600")
                .WaitFor(first)
                .WithUrl("https://example.test/docs", "Docs")
                .WithCommand("purge", "Purge the cache", _ => Task.FromResult(CommandResults.Success()), new CommandOptions
                {
                    Description = "Empties it.", ConfirmationMessage = "Really?", UpdateState = _ => ResourceCommandState.Disabled,
                });
        });
        await app.StartAsync(Cancelled);
        using var client = ClientOf(app);
        var control = app.Services.GetRequiredService<StackControl>();
        await Wait.Until(() => control.DetailsOf("second")!.Replicas[0].Moves is [{ State: "Running" }, ..], timeout: TimeSpan.FromMinutes(1), what: "the move to Running");

        var second = await DetailsAsync(client, "second");

        second.Relationships.ShouldBe([new ResourceRelationship("first", "WaitFor")]);
        (await DetailsAsync(client, "first")).Relationships.ShouldBe([new ResourceRelationship("second", "WaitFor", IsIncoming: true)]);
        second.Commands.Single(c => c.Name == "purge").ShouldBe(new CommandDetails
        {
            Name = "purge", DisplayName = "Purge the cache", Description = "Empties it.", Confirmation = "Really?", State = "Disabled",
        });
        second.Commands.Single(c => c.Name == "start").State.ShouldBe("Hidden");
        second.Commands.Single(c => c.Name == "stop").State.ShouldBe("Enabled");
        var replica = second.Replicas.ShouldHaveSingleItem();
        replica.Urls.ShouldBe([new UrlDetails("https://example.test/docs", null, "Docs", IsInactive: false)]);
        replica.Moves.Select(m => m.State).ShouldBe(["Running", "Starting", "Waiting"]);
        replica.Moves.Select(m => m.Time).ShouldBeInOrder(SortDirection.Descending);
        replica.Properties.ShouldContain(new PropertyDetails("resource.source", "sh"));
        using var unknown = await client.GetAsync("resources/third", Cancelled);
        (await ControlHarness.ProblemAsync(unknown)).Detail.ShouldBe("There is no resource and no replica named 'third'. Known: first, second.");

        var status = JsonSerializer.Deserialize(await client.GetStringAsync("status", Cancelled), ControlJson.Default.StackStatus)!;
        status.Resources.Single(r => r.Name == "second").Relationships.ShouldBe([new ResourceRelationship("first", "WaitFor")]);
        status.Resources.ShouldAllBe(r => r.Source == "sh" && r.Release == null);
        await app.StopAsync(Cancelled);
    }

    private static async Task<ResourceDetails> DetailsAsync(HttpClient client, string name)
        => JsonSerializer.Deserialize(await client.GetStringAsync($"resources/{name}", Cancelled), ControlJson.Default.ResourceDetails)!;

    private static HttpClient ClientOf(DistributedApplication app)
        => ControlHarness.NewClient(RunFolder.ControlSocket(app.Services.GetRequiredService<StackOptions>().RunFolder));

    private DistributedApplication Build(Action<IDistributedApplicationBuilder> add)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = ["--environment=Development", $"--Stack:State={_temp.File("state")}"],
            DisableDashboard = true,
            ProjectDirectory = _temp.Path,
        });
        add(builder);
        return builder.Build();
    }
}
