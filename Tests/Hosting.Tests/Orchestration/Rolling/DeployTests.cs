using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Orchestration.Rolling;

public sealed class DeployTests
{
    private static readonly LaunchScript Broken = new() { ExitsAfter = TimeSpan.FromMilliseconds(100), Exit = new ExitFacts(ExitKind.Code, 3), ReadyAfter = null };

    [Fact]
    public async Task A_release_is_made_told_to_the_gateway_and_rolled_out_and_then_it_is_current()
    {
        await using var site = new RolledSite(2);
        await site.Start();

        var outcome = await Deploy(site, label: "v2");

        var name = site.Releases.Current;
        outcome.ShouldBe(CommandOutcome.Done($"'site' runs '{name}'; before, it was 'build'."));
        name.ShouldEndWith("-v2");
        site.Journal.Lines.ShouldBe(
        [
            $"releases {name}",
            "drain site-8001", "launch site-8001", "admit site-8001",
            "drain site-8002", "launch site-8002", "admit site-8002",
            $"releases {name}",
        ]);
        site.Versions.ShouldBe([name, name]);
        site.FewestReady.ShouldBe(1);
        site.Rollouts.OfType<RolloutStatus>().Select(r => r.What).Distinct().ShouldBe(["deploy", $"deploy to {name}"]);
        site.Rollouts[^1].ShouldBeNull();
        Store(site).ReadHistory().Current.ShouldBe(name);
    }

    private static Task<CommandOutcome> Deploy(RolledSite site, string? folder = null, string? label = null)
        => site.Drive(site.Orchestrator.DeployAsync(new DeployOrder(folder, label), CancellationToken.None));

    private static ReleaseStore Store(RolledSite site) => new("site", Path.Combine(site.Folder.Path, "releases", "site"));
}
