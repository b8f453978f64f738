using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Orchestration;

namespace Hosting.Tests.Orchestration;

public sealed class LifecycleCommandsTests
{
    [Theory]
    [InlineData(null, "Disabled", "Hidden", "Disabled")]
    [InlineData("Starting", "Disabled", "Hidden", "Disabled")]
    [InlineData("Building", "Disabled", "Hidden", "Disabled")]
    [InlineData("RuntimeUnhealthy", "Disabled", "Hidden", "Disabled")]
    [InlineData("NotStarted", "Enabled", "Hidden", "Disabled")]
    [InlineData("Waiting", "Enabled", "Hidden", "Disabled")]
    [InlineData("Finished", "Enabled", "Hidden", "Disabled")]
    [InlineData("Exited", "Enabled", "Hidden", "Disabled")]
    [InlineData("FailedToStart", "Enabled", "Hidden", "Disabled")]
    [InlineData("Unknown", "Enabled", "Hidden", "Disabled")]
    [InlineData("Running", "Hidden", "Enabled", "Enabled")]
    [InlineData("Backoff", "Hidden", "Enabled", "Enabled")]
    [InlineData("Stopping", "Hidden", "Disabled", "Disabled")]
    public void What_can_be_called_depends_on_the_state(string? state, string start, string stop, string restart)
    {
        LifecycleCommands.StartState(state).ToString().ShouldBe(start);
        LifecycleCommands.StopState(state).ToString().ShouldBe(stop);
        LifecycleCommands.RestartState(state).ToString().ShouldBe(restart);
    }

    [Fact]
    public void What_has_replicas_can_be_rolled()
    {
        var builder = Models.Empty();
        var site = builder.AddSite().WithReplicas(1).WithSequentialPorts(8001).Resource;
        var several = builder.AddSite("several").WithReplicas(2).Resource;
        var job = builder.AddExecutable("job", "/bin/true", "/").Resource;
        Plans.Of(builder);

        foreach (var resource in (IResource[])[site, several, job])
        {
            LifecycleCommands.Add(resource);
        }

        Names(site).ShouldContain("roll");
        Names(several).ShouldContain("roll");
        Names(job).ShouldBe(["start", "stop", "restart"]);

        static IEnumerable<string> Names(IResource resource) => resource.Annotations.OfType<ResourceCommandAnnotation>().Select(c => c.Name);
    }

    [Fact]
    public void A_command_of_the_AppHosts_own_is_not_replaced()
    {
        var resource = Models.Empty().AddExecutable("job", "/bin/true", "/")
            .WithCommand("start", "Mine", _ => Task.FromResult(CommandResults.Success())).Resource;

        LifecycleCommands.Add(resource);

        resource.Annotations.OfType<ResourceCommandAnnotation>().Select(c => c.DisplayName).ShouldBe(["Mine", "Stop", "Restart"]);
    }
}
