using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>What the supervisor relies on in every launched process, real or scripted.</summary>
public abstract class InstanceProcessContract
{
    [Fact]
    public async Task Exit_code_is_told()
        => (await (await EndingAsync(code: 7)).Exited.Within()).ShouldBe(new ExitFacts(ExitKind.Code, 7));

    [Fact]
    public async Task Stop_signal_ends_it()
    {
        var process = await RunningAsync();
        process.Exited.IsCompleted.ShouldBeFalse();

        process.Signal(15).ShouldBeTrue();

        (await process.Exited.Within()).ShellCode.ShouldBeOneOf(0, 143);
    }

    [Fact]
    public async Task Kill_ends_it()
    {
        var process = await RunningAsync();

        process.Signal(9).ShouldBeTrue();

        (await process.Exited.Within()).ShouldBe(new ExitFacts(ExitKind.Signal, 9));
    }

    [Fact]
    public async Task Signal_to_a_process_that_is_gone_succeeds()
    {
        var process = await EndingAsync(code: 0);
        await process.Exited.Within();

        process.Signal(15).ShouldBeTrue();
        process.Signal(9).ShouldBeTrue();
    }

    [Fact]
    public async Task Launches_have_process_ids_of_their_own()
        => (await RunningAsync()).Pid.ShouldNotBe((await RunningAsync()).Pid);

    [Fact]
    public async Task Launch_that_can_not_succeed_says_so()
        => (await Should.ThrowAsync<LaunchException>(MissingAsync)).IsPermanent.ShouldBeTrue();

    /// <summary>A process that runs until it is stopped, by whatever signal.</summary>
    private protected abstract Task<IInstanceProcess> RunningAsync();

    /// <summary>One that ends by itself.</summary>
    private protected abstract Task<IInstanceProcess> EndingAsync(int code);

    /// <summary>One whose program is not there.</summary>
    private protected abstract Task<IInstanceProcess> MissingAsync();
}

/// <summary>The scripted process behaves as real ones do, so that what is tested with it holds.</summary>
public sealed class ScriptedLauncherTests : InstanceProcessContract
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedLauncher _launcher;

    public ScriptedLauncherTests() => _launcher = new ScriptedLauncher(_time);

    private protected override async Task<IInstanceProcess> RunningAsync()
    {
        _launcher.Script = _ => new LaunchScript { StopTakes = TimeSpan.Zero };
        return await LaunchAsync();
    }

    private protected override async Task<IInstanceProcess> EndingAsync(int code)
    {
        _launcher.Script = _ => new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(1), Exit = new ExitFacts(ExitKind.Code, code) };
        var process = await LaunchAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        return process;
    }

    private protected override Task<IInstanceProcess> MissingAsync()
    {
        _launcher.Script = _ => new LaunchScript { Fails = new LaunchException("not there", 2, isPermanent: true) };
        return LaunchAsync();
    }

    private Task<IInstanceProcess> LaunchAsync() => _launcher.LaunchAsync(
        new LaunchRequest { FileName = "/bin/true", Arguments = [], WorkingDirectory = "/", Environment = new Dictionary<string, string>(), LogFile = "/dev/null" }, CancellationToken.None);
}
