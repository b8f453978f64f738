using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>In development nothing outlives its supervisor, however that ends.</summary>
[Trait("kind", "process")]
public sealed class SupervisorDeathTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();

    public void Dispose()
    {
        foreach (var process in Replicas())
        {
            _ = Stack.Hosting.Supervision.Posix.Libc.Kill(process, SignalNames.Kill);
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task All_replicas_end_with_a_killed_supervisor()
    {
        var host = await HostAsync(replicas: 3);
        await Wait.Until(() => Output().Contains("all"), () => string.Join(' ', Output()));
        Replicas().Count.ShouldBe(3);

        KillAlone(host);

        await Wait.Until(() => Replicas().Count == 0, () => string.Join(' ', Replicas()), TimeSpan.FromSeconds(1));
        await host.Exited.Within();
    }

    [Fact]
    public async Task All_replicas_end_with_a_supervisor_that_is_killed_while_it_launches()
    {
        for (var round = 0; round < 3; round++)
        {
            File.Delete(LogFile);
            var host = await HostAsync(replicas: 40);
            await Wait.Until(() => Output().Length > round * 5, () => string.Join(' ', Output()));

            KillAlone(host);

            await host.Exited.Within();
            await Wait.Until(() => Replicas().Count == 0, () => string.Join(' ', Replicas()), TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task Interrupt_of_the_supervisors_group_spares_the_replicas()
    {
        // What a terminal does at Ctrl+C: the whole foreground group gets the signal. Replicas are not in it.
        var host = await HostAsync(replicas: 2);
        await Wait.Until(() => Output().Contains("all"), () => string.Join(' ', Output()));
        var before = Replicas();

        host.Signal(2).ShouldBeTrue();
        host.Signal(2).ShouldBeTrue();

        Replicas().ShouldBe(before, ignoreOrder: true);
        Replicas().ShouldAllBe(pid => ProcessTable.Find(pid)!.Value.Group == pid);
        KillAlone(host);
        await host.Exited.Within();
    }

    private string LogFile => _folder.File("host.log");

    private Task<IInstanceProcess> HostAsync(int replicas) => Launchers.Create(_logger).LaunchAsync(
        new LaunchRequest
        {
            FileName = ActorProgram.Path,
            Arguments = ["supervise", _folder.Path, $"{replicas}", "/bin/sleep", "1000"],
            WorkingDirectory = _folder.Path,
            Environment = ActorProgram.Environment,
            LogFile = LogFile,
        },
        CancellationToken.None);

    private string[] Output() => File.ReadAllLines(LogFile);

    // The process, not its group: as an administrator's kill -9 does.
    private static void KillAlone(IInstanceProcess host) => Stack.Hosting.Supervision.Posix.Libc.Kill(host.Pid, SignalNames.Kill).ShouldBe(0);

    private List<int> Replicas() =>
        [.. ProcessTable.All().Where(p => p.IsLive && ProcessTable.Environment(p.Pid).Contains($"STACK_STATE={_folder.Path}")).Select(p => p.Pid)];
}
