using System.Diagnostics;
using System.Text.RegularExpressions;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>The same programs under a real supervisord and under ours go through the same states, by supervisord's names.</summary>
[Trait("kind", "slow")]
public sealed partial class SupervisordOracleTests : IDisposable
{
    private const int StartRetries = 2;

    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("exit 1", "Fatal")] // never up: all tries, then given up
    [InlineData("exit 0", "Fatal")] // too soon, though in order
    [InlineData("sleep 2; exit 0", "Exited")] // in order, and after its start time
    [InlineData("sleep 1000", "Running")]
    public async Task Program_goes_through_the_states_that_supervisord_takes_it_through(string script, string end)
    {
        var theirs = await UnderSupervisordAsync(script, end, stop: end == "Running");
        var ours = await UnderUsAsync(script, end, stop: end == "Running");

        // Ours goes from the last failure to Fatal at once, supervisord by way of one more Backoff.
        ours.ShouldBe(Merge(theirs), $"supervisord: {string.Join(' ', theirs)}");
    }

    [Fact]
    public async Task Program_that_ends_unexpectedly_after_its_start_is_started_again_by_both()
    {
        var script = $"[ -e {_folder.Path}/MARK ] && exec sleep 1000; touch {_folder.Path}/MARK; sleep 2; exit 3";

        var theirs = await UnderSupervisordAsync(script.Replace("MARK", "theirs", StringComparison.Ordinal), "Running", stop: true, ends: 2);
        var ours = await UnderUsAsync(script.Replace("MARK", "ours", StringComparison.Ordinal), "Running", stop: true, ends: 2);

        // What supervisord calls Exited and starts again at once is a Backoff without a pause here.
        theirs.ShouldBe(["Starting", "Running", "Exited", "Starting", "Running", "Stopping", "Stopped"]);
        ours.ShouldBe(["Starting", "Running", "Backoff", "Starting", "Running", "Stopping", "Stopped"]);
    }

    private static List<string> Merge(List<string> states) => [.. states.Where((s, i) => !(s == "Backoff" && i + 1 < states.Count && states[i + 1] == "Fatal"))];

    private async Task<List<string>> UnderUsAsync(string script, string end, bool stop, int ends = 1)
    {
        var log = new SnapshotLog();
        var spec = new InstanceSpec
        {
            Name = "oracle",
            Index = 0,
            Restart = new RestartSettings { Mode = RestartMode.OnFailure, FailureBudget = StartRetries + 1 },
            CreateLaunch = (_, _) => Task.FromResult(new LaunchRequest
            {
                FileName = "/bin/sh", Arguments = ["-c", script], WorkingDirectory = "/", LogFile = _folder.File("ours.log"), Environment = ActorProgram.Environment,
            }),
        };
        await using var supervisor = new InstanceSupervisor(spec, Launchers.Create(_logger), new ScriptedGate(), new InstanceProber(), TimeProvider.System, _logger, log.Add);
        var start = supervisor.StartAsync(CancellationToken.None);
        _ = start.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        await Wait.Until(() => log.Moves.Count(m => m.ToString() == end) == ends, () => string.Join(' ', log.Moves));
        if (stop)
        {
            await supervisor.StopAsync(CancellationToken.None).Within();
        }

        // Waiting is ours alone.
        return [.. log.Moves.Where(m => m != InstanceState.Waiting).Select(m => m.ToString())];
    }

    private async Task<List<string>> UnderSupervisordAsync(string script, string end, bool stop, int ends = 1)
    {
        var folder = Directory.CreateDirectory(_folder.File($"supervisord-{Guid.NewGuid():N}")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "program.sh"), script, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "supervisord.conf"),
            $"""
            [supervisord]
            nodaemon=true
            logfile={folder}/main.log
            pidfile={folder}/pid
            childlogdir={folder}
            [program:oracle]
            command=/bin/sh {folder}/program.sh
            autorestart=unexpected
            exitcodes=0
            startsecs=1
            startretries={StartRetries}
            stopasgroup=true
            """,
            TestContext.Current.CancellationToken);
        using var supervisord = Process.Start(new ProcessStartInfo("supervisord", ["-n", "-c", $"{folder}/supervisord.conf"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            await Wait.Until(() => States(folder).Count(s => s == end) == ends, () => string.Join(' ', States(folder)));
        }
        finally
        {
            // Its own orderly end; it stops what runs.
            _ = Stack.Hosting.Supervision.Posix.Libc.Kill(supervisord.Id, 15);
            await supervisord.WaitForExitAsync(TestContext.Current.CancellationToken).Within();
        }

        var states = States(folder);
        return stop ? states : [.. states.TakeWhile((s, i) => i == 0 || states[i - 1] != end)];
    }

    private static List<string> States(string folder)
    {
        var file = Path.Combine(folder, "main.log");
        List<string> states = [];
        foreach (Match line in Events().Matches(File.Exists(file) ? File.ReadAllText(file) : ""))
        {
            states.Add(line.Groups["what"].Value switch
            {
                "spawned: 'oracle'" => "Starting",
                "success: oracle entered RUNNING" => "Running",
                "gave up: oracle entered FATAL" => "Fatal",
                "waiting for oracle to die" => "Stopping",
                "stopped: oracle" => "Stopped",
                _ => states[^1] == "Starting" ? "Backoff" : "Exited",
            });
        }

        return states;
    }

    [GeneratedRegex(@"(?<what>spawned: 'oracle'|success: oracle entered RUNNING|gave up: oracle entered FATAL|waiting for oracle to die|stopped: oracle|exited: oracle)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Events();
}
