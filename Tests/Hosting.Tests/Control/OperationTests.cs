using System.Net;
using System.Net.Http.Json;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;
using Testing;

namespace Hosting.Tests.Control;

public sealed class OperationTests
{
    [Fact]
    public async Task Command_that_is_not_waited_for_is_answered_at_once_and_can_be_asked_after()
    {
        await using var harness = await ControlHarness.StartAsync();
        var end = new TaskCompletionSource<CommandOutcome>();
        harness.Stack.Outcome = _ => end.Task;

        var response = await harness.Client.PostAsync("site/restart?wait=false", null);
        var begun = (await response.Content.ReadFromJsonAsync(ControlJson.Default.Operation))!;
        var running = await harness.GetAsync($"operations/{begun.Id}", ControlJson.Default.Operation);
        end.SetResult(CommandOutcome.Done("Requests were refused meanwhile."));
        var done = await EndAsync(harness, begun.Id);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        response.Headers.Location!.OriginalString.ShouldBe($"/v1/operations/{begun.Id}");
        (begun.Command, begun.Name, begun.State, begun.EndedAt).ShouldBe(("restart", "site", "Running", null));
        running.ShouldBe(begun);
        done.ShouldBe(begun with { State = "Done", Message = "Requests were refused meanwhile.", EndedAt = done.EndedAt });
        done.EndedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Operation_goes_on_when_its_client_has_gone()
    {
        await using var harness = await ControlHarness.StartAsync();
        var end = new TaskCompletionSource<CommandOutcome>();
        harness.Stack.Outcome = token => end.Task.WaitAsync(token);
        using var client = ControlHarness.NewClient(harness.Server.SocketPath);
        var begun = (await (await client.PostAsync("site/restart?wait=false", null)).Content.ReadFromJsonAsync(ControlJson.Default.Operation))!;

        client.Dispose();
        end.SetResult(CommandOutcome.Done());

        (await EndAsync(harness, begun.Id)).State.ShouldBe("Done");
    }

    [Fact]
    public async Task Scale_can_be_given_without_waiting_too()
    {
        await using var harness = await ControlHarness.StartAsync();

        var response = await harness.Client.PostAsync("site/scale?wait=false", new StringContent("{\"replicas\":6}"));

        var begun = (await response.Content.ReadFromJsonAsync(ControlJson.Default.Operation))!;
        (await EndAsync(harness, begun.Id)).Command.ShouldBe("scale");
        harness.Stack.Commands.ShouldBe(["scale site to 6"]);
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Busy")]
    [InlineData("Invalid")]
    [InlineData("Thrown")]
    public async Task Operation_tells_how_it_failed(string end)
    {
        await using var harness = await ControlHarness.StartAsync();
        harness.Stack.Outcome = _ => Task.FromResult(end switch
        {
            "Failed" => CommandOutcome.Failed("It broke."),
            "Busy" => CommandOutcome.Busy("It broke."),
            "Invalid" => CommandOutcome.Invalid("replicas", "It broke."),
            _ => throw new InvalidOperationException("It broke."),
        });

        var response = await harness.Client.PostAsync("site/roll?wait=false", null);

        var operation = await EndAsync(harness, (await response.Content.ReadFromJsonAsync(ControlJson.Default.Operation))!.Id);
        (operation.State, operation.Message).ShouldBe((end == "Thrown" ? "Failed" : end, "It broke."));
    }

    [Fact]
    public async Task Unknown_name_or_command_is_refused_before_anything_begins()
    {
        await using var harness = await ControlHarness.StartAsync();

        (await harness.Client.PostAsync("shop/restart?wait=false", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await harness.Client.PostAsync("site/explode?wait=false", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Unknown_operation_is_not_found()
    {
        await using var harness = await ControlHarness.StartAsync();

        var response = await harness.Client.GetAsync("operations/abc");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ControlHarness.ProblemAsync(response)).Detail.ShouldBe("There is no operation 'abc'. The last 100 are kept, until the AppHost ends.");
    }

    [Fact]
    public async Task Last_hundred_are_kept_and_all_that_still_run()
    {
        var operations = new Operations(TimeProvider.System);
        var never = new TaskCompletionSource<CommandOutcome>();
        var running = operations.Begin("restart", "site", () => never.Task);
        var ended = new List<Operation>();
        for (var i = 0; i < Operations.Kept; i++)
        {
            var one = operations.Begin("stop", "site", () => Task.FromResult(CommandOutcome.Done()));
            ended.Add(one);
            await Wait.Until(() => operations.Find(one.Id) is { EndedAt: not null });
        }

        operations.Find(running.Id)!.State.ShouldBe("Running");
        operations.Find(ended[0].Id).ShouldBeNull();
        operations.Find(ended[1].Id).ShouldNotBeNull();
        operations.Find(ended[^1].Id).ShouldNotBeNull();
    }

    private static async Task<Operation> EndAsync(ControlHarness harness, string id)
    {
        using var limit = new CancellationTokenSource(Wait.Patience);
        while (true)
        {
            var operation = await harness.GetAsync($"operations/{id}", ControlJson.Default.Operation).Within();
            if (operation.EndedAt is not null)
            {
                return operation;
            }

            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
