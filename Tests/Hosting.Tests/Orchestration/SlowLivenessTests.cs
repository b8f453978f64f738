using System.Text.RegularExpressions;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Orchestration;

/// <summary>A whole AppHost whose site hangs: it takes half a minute to be sure of that.</summary>
[Trait("kind", "slow")]
public partial class SlowLivenessTests
{
    [Theory]
    [InlineData("Production", 2)]
    [InlineData("Development", 1)]
    public async Task A_site_that_hangs_is_started_again_in_production_and_left_to_its_developer_else(string environment, int generations)
    {
        await using var stack = await RunningMiniStack.StartAsync(environment, ["site@1=serve"]);
        await stack.UntilSaid("Ctrl+C stops everything.");
        var port = int.Parse(Serving().Match(stack.Seen("site")).Groups[1].Value);
        using var client = new HttpClient();
        var hanging = client.GetAsync(new Uri($"http://127.0.0.1:{port}/hang"), TestContext.Current.CancellationToken);

        if (generations > 1)
        {
            await Wait.Until(() => Serving().Count(stack.Seen("site")) == generations, stack.Seen, TimeSpan.FromMinutes(3));
            (await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/whoami"), TestContext.Current.CancellationToken)).ShouldBe($"{stack.Replicas().Single()}");
            stack.Output.ShouldContain("has hung");
        }
        else
        {
            await Task.Delay(TimeSpan.FromSeconds(45), TimeProvider.System, TestContext.Current.CancellationToken);
            Serving().Count(stack.Seen("site")).ShouldBe(1);
            hanging.IsCompleted.ShouldBeFalse();
        }

        stack.Signal(15);
        (await stack.Exited.Within(seen: stack.Seen)).ShouldBe(new ExitFacts(ExitKind.Code, 0));
        await Should.ThrowAsync<HttpRequestException>(hanging.Within());
    }

    [GeneratedRegex(@"serving on (\d+)")]
    private static partial Regex Serving();
}
