using System.Diagnostics;
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
    public async Task Replicas_that_run_as_another_user_end_with_a_killed_supervisor_too()
    {
        // Only root can start such ones; the others are refused before anything is started.
        var user = Environment.UserName == "root" ? "nobody" : Environment.UserName;
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        var host = await HostAsync(replicas: 3, (MiniHost.UserVariable, user));
        await Wait.Until(() => Output().Contains("all"), () => string.Join(' ', Output()));
        Replicas().Count.ShouldBe(3);

        KillAlone(host);

        await Wait.Until(() => Replicas().Count == 0, () => string.Join(' ', Replicas()), TimeSpan.FromSeconds(1));
        await host.Exited.Within();
    }

    [Fact]
    public async Task With_the_portable_launcher_the_input_of_all_replicas_ends_with_a_killed_supervisor()
    {
        var host = await HostAsync(ActorProgram.Path, "lifeline", replicas: 3, (MiniHost.LauncherVariable, "process"));
        await Wait.Until(() => Output().Contains("all"), () => string.Join(' ', Output()));
        await Wait.Until(() => Enumerable.Range(0, 3).All(i => File.ReadAllText(_folder.File($"mini-{i}.log")).Contains("holding on", StringComparison.Ordinal)));
        Replicas().Count.ShouldBe(3);

        KillAlone(host);

        await Wait.Until(() => Replicas().Count == 0, () => string.Join(' ', Replicas()), TimeSpan.FromSeconds(10));
        await host.Exited.Within();
    }

    [Fact]
    public async Task Ctrl_C_in_a_real_terminal_spares_the_replicas()
    {
        const string ctrlC = "\x03";
        var start = new ProcessStartInfo("script", ["--quiet", "--flush", "--command", $"'{ActorProgram.Path}' supervise '{_folder.Path}' 2 /bin/sleep 1000", LogFile])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in ActorProgram.Environment)
        {
            start.Environment[name] = value;
        }

        using var terminal = Process.Start(start)!;
        var screen = terminal.StandardOutput.BaseStream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        try
        {
            await Wait.Until(() => File.Exists(LogFile) && File.ReadAllText(LogFile).Contains("all", StringComparison.Ordinal), () => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "no terminal");
            var before = Replicas();

            await terminal.StandardInput.WriteAsync(ctrlC);
            await terminal.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            await Wait.Until(() => File.ReadAllText(LogFile).Contains("interrupted", StringComparison.Ordinal), () => File.ReadAllText(LogFile));

            before.Count.ShouldBe(2);
            Replicas().ShouldBe(before, ignoreOrder: true);
        }
        finally
        {
            terminal.Kill(entireProcessTree: true);
            await terminal.WaitForExitAsync(CancellationToken.None);
        }

        await screen.Within();
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

    private Task<IInstanceProcess> HostAsync(int replicas, params (string Name, string Value)[] variables) => HostAsync("/bin/sleep", "1000", replicas, variables);

    private Task<IInstanceProcess> HostAsync(string program, string argument, int replicas, params (string Name, string Value)[] variables) => Launchers.Create(_logger).LaunchAsync(
        new LaunchRequest
        {
            FileName = ActorProgram.Path,
            Arguments = ["supervise", _folder.Path, $"{replicas}", program, argument],
            WorkingDirectory = _folder.Path,
            Environment = ActorProgram.Environment.Concat(variables.Select(v => KeyValuePair.Create(v.Name, v.Value))).ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal),
            LogFile = LogFile,
        },
        CancellationToken.None);

    private string[] Output() => File.ReadAllLines(LogFile);

    // The process, not its group: as an administrator's kill -9 does.
    private static void KillAlone(IInstanceProcess host) => Stack.Hosting.Supervision.Posix.Libc.Kill(host.Pid, SignalNames.Kill).ShouldBe(0);

    private List<int> Replicas() =>
        [.. ProcessTable.All().Where(p => p.IsLive && ProcessTable.Environment(p.Pid).Contains($"STACK_STATE={_folder.Path}")).Select(p => p.Pid)];
}
