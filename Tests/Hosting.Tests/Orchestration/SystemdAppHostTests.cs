using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Orchestration;

/// <summary>A whole AppHost as systemd starts one: with a socket for notifications and a watchdog.</summary>
[Trait("kind", "process")]
public sealed class SystemdAppHostTests : IDisposable
{
    private const int Term = 15;

    private readonly TempFolder _folder = new();
    private readonly NotifySocket _socket;

    public SystemdAppHostTests() => _socket = new NotifySocket(_folder.File("notify"));

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_is_told_when_all_is_ready_that_all_is_well_and_of_the_stop_and_no_child_can_speak_for_the_AppHost()
    {
        await using var stack = await RunningMiniStack.StartAsync(
            "Production", ["handler=0", "site=serve", "web*2=env >> $NOTES; sleep 1000"], Variables(watchdogPid: null));

        var start = await _socket.UntilAsync("READY=1");
        start.ShouldNotContain(m => m.StartsWith("STOPPING", StringComparison.Ordinal));
        start[^1].ShouldBe("READY=1\nSTATUS=3 of 3 ready");
        await _socket.UntilAsync("WATCHDOG=1");
        await _socket.UntilAsync("WATCHDOG=1");
        stack.Noted().ShouldNotContain(v => v.StartsWith("NOTIFY_SOCKET=", StringComparison.Ordinal) || v.StartsWith("WATCHDOG_", StringComparison.Ordinal));
        stack.Output.ShouldContain("handling, NOTIFY_SOCKET is ''"); // nor do the tools that the AppHost itself starts inherit it
        stack.Noted().ShouldContain(v => v.StartsWith("STACK_INSTANCE=", StringComparison.Ordinal));

        stack.Signal(Term);
        (await _socket.UntilAsync("STOPPING=1"))[^1].ShouldContain("EXTEND_TIMEOUT_USEC=");
        (await stack.Exited.Within(seen: stack.Seen)).ShouldBe(new ExitFacts(ExitKind.Code, 0));
    }

    [Fact]
    public async Task A_replica_that_is_given_up_does_not_keep_the_service_from_being_ready()
    {
        await using var stack = await RunningMiniStack.StartAsync("Development", ["site=serve", "web=exit 3"], Variables(watchdogPid: null));

        var start = await _socket.UntilAsync("READY=1");

        start[^1].ShouldStartWith("READY=1\nSTATUS=1 of 2 ready");
    }

    [Fact]
    public async Task A_watchdog_of_another_process_is_not_fed()
    {
        await using var stack = await RunningMiniStack.StartAsync("Development", ["web=sleep 1000"], Variables(watchdogPid: "1"));

        await _socket.UntilAsync("READY=1");
        stack.Signal(Term);

        var rest = await _socket.UntilAsync("STOPPING=1");
        rest.ShouldNotContain("WATCHDOG=1");
        await stack.Exited.Within(seen: stack.Seen);
    }

    private Dictionary<string, string> Variables(string? watchdogPid)
    {
        var variables = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = _socket.Address, ["WATCHDOG_USEC"] = "1000000" };
        if (watchdogPid is not null)
        {
            variables["WATCHDOG_PID"] = watchdogPid;
        }

        return variables;
    }
}
