using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Tests.Runtime;

[Trait("kind", "process")]
public sealed class CommandRunnerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Exit_code_and_both_outputs_are_told() =>
        (await RunAsync("/bin/sh", "-c", "echo out; echo err >&2; exit 3")).ShouldBe(new CommandResult(3, "out\n", "err\n"));

    [Fact]
    public async Task A_command_that_does_not_exist_is_a_result() =>
        (await RunAsync("/no/such/command")).ShouldBe(new CommandResult(null, "", "not found"));

    [Fact]
    public async Task A_command_is_killed_at_its_limit() =>
        (await new CommandRunner(TimeProvider.System).RunAsync("sleep", ["60"], TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken))
            .ShouldBe(new CommandResult(null, "", "no answer within 0.2 s"));

    [Fact]
    public async Task A_command_does_not_wait_for_input() => (await RunAsync("cat")).ShouldBe(new CommandResult(0, "", ""));

    [Fact]
    public async Task Large_outputs_do_not_block() =>
        (await RunAsync("/bin/sh", "-c", "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2")).Output.Length.ShouldBe(1_000_000);

    [Fact]
    public async Task A_cancelled_command_is_killed()
    {
        using CancellationTokenSource cancellation = new();
        var running = new CommandRunner(TimeProvider.System).RunAsync("sleep", ["60"], Limit, cancellation.Token);

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }

    private static Task<CommandResult> RunAsync(string command, params string[] arguments) =>
        new CommandRunner(TimeProvider.System).RunAsync(command, arguments, Limit, TestContext.Current.CancellationToken);
}
