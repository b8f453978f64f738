using System.Net;
using System.Text.Json;
using Stack.Hosting.Supervision;

namespace Hosting.Tests.Production;

/// <summary>Rolls and scales that meet the end of an AppHost and the start of the next.</summary>
[Trait("kind", "process")]
public sealed class RollInProductionTests : IAsyncLifetime
{
    private readonly ProductionHost _host = new();
    private IInstanceProcess? _appHost;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_appHost is { Exited.IsCompleted: false })
        {
            await ProductionHost.KillAsync(_appHost);
        }

        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_version_that_does_not_start_costs_one_replica_which_gets_back_what_the_AppHost_before_had_launched()
    {
        _appHost = await _host.StartAsync();
        var before = await _host.ReplicasAsync();
        await ProductionHost.KillAsync(_appHost);
        _host.Settings["Site:Part"] = "exit";
        _host.Settings["Site:Setting"] = "new";

        _appHost = await _host.LaunchAsync();

        var after = await _host.UntilAsync(_appHost, r => r.Count == 2 && r[0].GetProperty("generation").GetInt32() > 2 && r.All(IsReady) && _host.Output.Contains("froze", StringComparison.Ordinal), "the first replica is back with the old version");
        Pid(after[0]).ShouldNotBe(Pid(before[0]));
        ProcessTable.Command(Pid(after[0])).ShouldBe(ProcessTable.Command(Pid(before[1])));
        ProcessTable.Environment(Pid(after[0])).ShouldContain("SETTING=");
        Pid(after[1]).ShouldBe(Pid(before[1]));
        (await ProductionHost.AnswerAsync(_host.FirstPort)).ShouldBe(Pid(after[0]));
        _host.Output.ShouldContain("The version before was put back and serves.");
    }

    [Fact]
    public async Task A_number_that_was_asked_for_outlives_the_AppHost_until_its_own_number_changes()
    {
        _appHost = await _host.StartAsync();
        using (var answer = await _host.PostAsync("site/scale", new { replicas = 3 }))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var before = await _host.ReplicasAsync();
        await ProductionHost.KillAsync(_appHost);
        _appHost = await _host.StartAsync(ready: 3);
        (await _host.ReplicasAsync()).Select(Pid).ShouldBe(before.Select(Pid));

        await ProductionHost.EndAsync(_appHost);
        _host.Settings["Site:Replicas"] = "1";
        _appHost = await _host.StartAsync(ready: 1);

        (await _host.ReplicasAsync()).Count.ShouldBe(1);
    }

    private static int Pid(JsonElement replica) => replica.GetProperty("pid").GetInt32();

    private static bool IsReady(JsonElement replica) => replica.GetProperty("health").GetString() == "Ready";
}
