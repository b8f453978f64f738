using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Supervision;

namespace Hosting.Tests.Orchestration;

public sealed class ReplicaSnapshotsTests
{
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private static readonly CustomResourceSnapshot First = new()
    {
        ResourceType = "Project",
        Properties = [],
        HealthReports = [new("http", null, null, null), new("queue", HealthStatus.Healthy, "of before", null)],
        Urls = [new("http", "http://127.0.0.1:8001", false), new(null, "https://example.test/docs", false)],
    };

    [Theory]
    [InlineData("Stopped", 0, false, false, "NotStarted", null)]
    [InlineData("Stopped", 1, false, false, "Finished", null)]
    [InlineData("Waiting", 0, false, false, "Waiting", null)]
    [InlineData("Starting", 1, false, false, "Starting", null)]
    [InlineData("Starting", 1, true, false, "Running", null)]
    [InlineData("Running", 1, true, true, "Running", "success")]
    [InlineData("Stopping", 1, true, true, "Stopping", null)]
    [InlineData("Backoff", 1, true, true, "Backoff", "warn")]
    [InlineData("Exited", 1, true, true, "Finished", null)]
    [InlineData("Unknown", 1, true, true, "Unknown", "error")]
    [InlineData("Fatal", 1, false, false, "FailedToStart", "error")]
    [InlineData("Fatal", 1, true, true, "Exited", "error")]
    public void Each_state_of_the_supervisor_has_its_text(string state, int generation, bool lived, bool wasReady, string text, string? style)
    {
        var replica = Replica(Enum.Parse<InstanceState>(state)) with { Generation = generation, Lived = lived, WasReady = wasReady };

        ReplicaSnapshots.StateOf(replica, isContainer: false).ShouldBe(new ResourceStateSnapshot(text, style));
    }

    [Theory]
    [InlineData("Stopped", 1)]
    [InlineData("Exited", 1)]
    public void A_container_that_has_ended_is_Exited(string state, int generation)
        => ReplicaSnapshots.StateOf(Replica(Enum.Parse<InstanceState>(state)) with { Generation = generation }, isContainer: true).Text.ShouldBe("Exited");

    [Fact]
    public void Replica_that_lives_and_is_not_ready_runs_only_where_a_report_tells_of_it()
    {
        var lives = Replica(InstanceState.Starting) with { Lived = true };

        Map(lives).State!.Text.ShouldBe("Running");
        ReplicaSnapshots.Map(First with { HealthReports = [] }, lives, isContainer: false, Now).State!.Text.ShouldBe("Starting");
    }

    [Fact]
    public void A_replica_that_starts_anew_has_no_health_reports_yet()
    {
        var snapshot = Map(Replica(InstanceState.Waiting));

        snapshot.HealthReports.Select(r => r.Status).ShouldBe([null, null]);
    }

    [Fact]
    public void The_reports_of_its_own_checks_are_the_supervisors_and_the_others_stay()
    {
        var running = Replica(InstanceState.Running) with { Pid = 1, Checks = [new("http", false, "answered 503 instead of 200")] };

        var reports = Map(running).HealthReports;

        reports[0].ShouldBe(new HealthReportSnapshot("http", HealthStatus.Unhealthy, "answered 503 instead of 200", null));
        reports[1].Description.ShouldBe("of before");
    }

    [Fact]
    public void The_urls_of_endpoints_are_active_while_it_runs()
    {
        Map(Replica(InstanceState.Starting)).Urls.Select(u => u.IsInactive).ShouldBe([true, false]);
        Map(Replica(InstanceState.Running)).Urls.Select(u => u.IsInactive).ShouldBe([false, false]);
    }

    [Fact]
    public void An_exit_code_and_an_end_are_there_only_once_it_has_ended()
    {
        var ended = Map(Replica(InstanceState.Exited) with { ExitCode = 3 });
        ended.ExitCode.ShouldBe(3);
        ended.StopTimeStamp.ShouldBe(Now);

        var again = ReplicaSnapshots.Map(ended, Replica(InstanceState.Running) with { ExitCode = 3 }, false, Now);
        again.ExitCode.ShouldBeNull();
        again.StopTimeStamp.ShouldBeNull();
    }

    [Fact]
    public void What_supervision_knows_beyond_that_is_in_properties()
    {
        var snapshot = Map(Replica(InstanceState.Backoff) with { Index = 2, Port = 8003, Pid = 77, Restarts = 4, Reason = "exit code 1" });

        snapshot.Properties.ToDictionary(p => p.Name, p => p.Value).ShouldBe(new Dictionary<string, object?>
        {
            ["executable.pid"] = 77,
            ["stack.replica.index"] = 2,
            ["stack.replica.port"] = 8003,
            ["stack.supervision.state"] = "Backoff",
            ["stack.restarts"] = 4,
            ["stack.reason"] = "exit code 1",
        });
    }

    [Fact]
    public void A_launch_tells_its_variables_and_arguments_and_no_secret()
    {
        var snapshot = ReplicaSnapshots.Launching(First, new LaunchRequest
        {
            FileName = "/bin/site",
            Arguments = ["--key", "hush"],
            WorkingDirectory = "/",
            Environment = new Dictionary<string, string> { ["PATH"] = "/bin", ["KEY"] = "hush", ["GREETING"] = "hello" },
            ModelVariables = new HashSet<string> { "KEY", "GREETING" },
            SensitiveVariables = new HashSet<string> { "KEY" },
            SensitiveArguments = new HashSet<int> { 1 },
            LogFile = "/nowhere",
        });

        snapshot.EnvironmentVariables.ShouldBe([new("GREETING", "hello", true), new("KEY", "******", true), new("PATH", "/bin", false)]);
        snapshot.Properties.Single(p => p.Name == "resource.appArgs").IsSensitive.ShouldBeTrue();
    }

    private static CustomResourceSnapshot Map(InstanceSnapshot replica) => ReplicaSnapshots.Map(First, replica, isContainer: false, Now);

    private static InstanceSnapshot Replica(InstanceState state)
        => new() { Name = "site-8001", Index = 0, State = state, Health = InstanceHealth.Unknown, Wanted = true, Generation = 1 };
}
