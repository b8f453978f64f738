using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration;

namespace Hosting.Tests.Orchestration;

public sealed class SettledTests
{
    private readonly IResourceBuilder<ExecutableResource> _a;
    private readonly IResourceBuilder<ExecutableResource> _b;
    private readonly IResourceBuilder<ExecutableResource> _c;
    private readonly Dictionary<string, List<InstanceSnapshot>> _replicas = [];

    public SettledTests()
    {
        var builder = Models.Empty();
        _a = builder.AddExecutable("a", "/bin/true", "/");
        _b = builder.AddExecutable("b", "/bin/true", "/");
        _c = builder.AddExecutable("c", "/bin/true", "/");
    }

    [Theory]
    [InlineData("Running", true)]
    [InlineData("Fatal", true)]
    [InlineData("Exited", true)]
    [InlineData("Backoff", true)]
    [InlineData("Starting", false)]
    [InlineData("Stopping", false)]
    [InlineData("Stopped", false)]
    [InlineData("Waiting", false)]
    public void A_start_is_over_when_all_run_or_have_ended(string state, bool expected)
    {
        Is("a", "Running");
        Is("b", state);

        Settled(_a, _b).ShouldBe(expected);
    }

    [Fact]
    public void A_job_that_has_done_its_work_lets_go_on_what_waits_for_it()
    {
        _b.WaitForCompletion(_a);
        Is("a", "Exited", exitCode: 0);
        Is("b", "Waiting");

        Settled(_a, _b).ShouldBeFalse();
    }

    [Theory]
    [InlineData("Exited", 1)]
    [InlineData("Fatal", null)]
    [InlineData("Stopped", null)]
    public void What_waits_for_something_that_failed_waits_for_ever_and_so_does_what_waits_for_that(string state, int? exitCode)
    {
        _b.WaitForCompletion(_a);
        _c.WaitFor(_b);
        Is("a", state, exitCode);
        Is("b", "Waiting");
        Is("c", "Waiting");

        Settled(_b, _c).ShouldBeTrue();
    }

    [Fact]
    public void A_wait_that_gives_up_is_about_to_fail()
    {
        _b.WaitFor(_a, WaitBehavior.StopOnResourceUnavailable);
        Is("a", "Fatal");
        Is("b", "Waiting");

        Settled(_a, _b).ShouldBeFalse();
    }

    [Fact]
    public void A_gateway_is_stuck_only_when_no_replica_is_left_that_could_get_ready()
    {
        _b.WaitForAnyReplica(_a);
        Is("a", "Fatal");
        Is("a", "Starting");
        Is("b", "Waiting");
        Settled(_b).ShouldBeFalse();

        _replicas["a"].RemoveAt(1);
        Settled(_b).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, true, false)]
    [InlineData(0, false, false)]
    [InlineData(1, true, false)]
    [InlineData(1, false, true)]
    public void What_was_stopped_by_command_is_not_waited_for(int generation, bool wanted, bool expected)
    {
        Is("a", "Running");
        _replicas["a"].Add(new InstanceSnapshot { Name = "a-1", Index = 1, State = InstanceState.Stopped, Health = InstanceHealth.Unknown, Wanted = wanted, Generation = generation });

        Settled(_a).ShouldBe(expected);
    }

    private bool Settled(params IResourceBuilder<IResource>[] resources)
        => new Settled(r => _replicas.GetValueOrDefault(r.Name), WaitBehavior.WaitOnResourceUnavailable).Is(resources.Select(r => r.Resource));

    private void Is(string name, string state, int? exitCode = null)
    {
        _replicas.TryAdd(name, []);
        _replicas[name].Add(new InstanceSnapshot { Name = name, Index = 0, State = Enum.Parse<InstanceState>(state), Health = InstanceHealth.Unknown, Wanted = true, ExitCode = exitCode });
    }
}
