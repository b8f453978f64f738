using System.Text.Json;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;
using Testing;

namespace Hosting.Tests.Production;

/// <summary>In production the replicas outlive their AppHost, and the next one goes on with the same processes.</summary>
[Trait("kind", "process")]
public sealed class AdoptionTests : IAsyncLifetime
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
    public async Task Replicas_serve_on_when_their_AppHost_is_killed_and_the_next_one_takes_over_the_same_processes()
    {
        _appHost = await _host.StartAsync();
        var before = await _host.ReplicasAsync();

        await ProductionHost.KillAsync(_appHost);
        (await ProductionHost.AnswerAsync(_host.FirstPort)).ShouldBe(Pid(before[0]));
        _appHost = await _host.StartAsync();

        var after = await _host.ReplicasAsync();
        after.Select(Pid).ShouldBe(before.Select(Pid));
        after.ShouldAllBe(r => r.GetProperty("adopted").GetBoolean() && r.GetProperty("generation").GetInt32() == 1 && r.GetProperty("restarts").GetInt32() == 0);
        after.Select(r => r.GetProperty("startedAt").GetDateTimeOffset()).ShouldBe(before.Select(r => r.GetProperty("startedAt").GetDateTimeOffset()));
    }

    [Fact]
    public async Task Replica_that_died_meanwhile_is_started_once()
    {
        _appHost = await _host.StartAsync();
        var before = await _host.ReplicasAsync();
        await ProductionHost.KillAsync(_appHost);
        Libc.Kill(Pid(before[0]), SignalNames.Kill).ShouldBe(0);
        await Wait.Until(() => ProcessTable.Find(Pid(before[0])) is not { IsLive: true });

        _appHost = await _host.StartAsync();

        var after = await _host.ReplicasAsync();
        Pid(after[0]).ShouldNotBe(Pid(before[0]));
        after[0].GetProperty("generation").GetInt32().ShouldBe(2);
        after[0].GetProperty("restarts").GetInt32().ShouldBe(1);
        Pid(after[1]).ShouldBe(Pid(before[1]));
    }

    [Fact]
    public async Task Adopted_replica_that_is_killed_is_known_to_have_been_and_comes_back()
    {
        _appHost = await _host.StartAsync();
        await ProductionHost.KillAsync(_appHost);
        _appHost = await _host.StartAsync();
        var before = (await _host.ReplicasAsync())[0];

        Libc.Kill(Pid(before), SignalNames.Kill).ShouldBe(0);

        var after = (await _host.UntilAsync(_appHost, r => r[0].GetProperty("generation").GetInt32() == 2 && r[0].GetProperty("health").GetString() == "Ready", "the killed replica is back"))[0];
        after.GetProperty("adopted").GetBoolean().ShouldBeFalse();

        // Before Linux 6.15 it can't be told once init has taken note of the end.
        after.GetProperty("lastExit").GetString().ShouldBeOneOf(Environment.OSVersion.Version >= new Version(6, 15) ? ["killed from outside (signal 9)"] : ["killed from outside (signal 9)", "an unknown exit code"]);
    }

    [Fact]
    public async Task Adopted_replicas_are_stopped_in_order_and_leave_no_record()
    {
        _appHost = await _host.StartAsync();
        await ProductionHost.KillAsync(_appHost);
        _appHost = await _host.StartAsync();

        await ProductionHost.EndAsync(_appHost);

        _host.Processes().ShouldBeEmpty();
        _host.Records().ReadAll((_, _) => { }).ShouldBeEmpty();
        _host.Output.ShouldContain("Everything has stopped.");
    }

    [Fact]
    public async Task Changed_settings_are_rolled_in_and_a_resource_without_changes_is_left_alone()
    {
        _host.Settings["Other"] = $"{_host.FirstPort + 8}";
        _appHost = await _host.StartAsync(ready: 3);
        var before = (await _host.ReplicasAsync()).ToDictionary(Name, Pid);
        await ProductionHost.KillAsync(_appHost);
        _host.Settings["Site:Setting"] = "other";

        _appHost = await _host.LaunchAsync();

        var after = await _host.UntilAsync(_appHost, r => r.Where(i => Name(i).StartsWith("site", StringComparison.Ordinal)).All(i => i.GetProperty("generation").GetInt32() == 2 && i.GetProperty("health").GetString() == "Ready"), "both replicas have the new settings");
        Pid(after.Single(r => !Name(r).StartsWith("site", StringComparison.Ordinal))).ShouldBe(before.Single(b => !b.Key.StartsWith("site", StringComparison.Ordinal)).Value);
        ProcessTable.Environment(Pid(after.First(r => Name(r).StartsWith("site", StringComparison.Ordinal)))).ShouldContain("SETTING=other");
    }

    [Fact]
    public async Task Replicas_and_resources_that_left_the_model_are_stopped_and_new_ones_started()
    {
        _host.Settings["Other"] = $"{_host.FirstPort + 8}";
        _appHost = await _host.StartAsync(ready: 3);
        var before = await _host.ReplicasAsync();
        await ProductionHost.KillAsync(_appHost);
        _host.Settings["Other"] = "";
        _host.Settings["Site:Replicas"] = "3";

        _appHost = await _host.StartAsync(ready: 3);

        var after = await _host.ReplicasAsync();
        after.Select(Name).ShouldBe([$"site-{_host.FirstPort}", $"site-{_host.FirstPort + 1}", $"site-{_host.FirstPort + 2}"]);
        after.Take(2).Select(Pid).ShouldBe(before.Take(2).Select(Pid));
        _host.Processes().Count.ShouldBe(3);
        await ProductionHost.KillAsync(_appHost);
        _host.Settings["Site:Replicas"] = "1";
        _appHost = await _host.StartAsync(ready: 1);
        _host.Processes().ShouldBe([Pid(before[0])]);
    }

    [Fact]
    public async Task AppHost_whose_model_is_wrong_touches_nothing()
    {
        _appHost = await _host.StartAsync();
        var before = await _host.ReplicasAsync();
        await ProductionHost.KillAsync(_appHost);
        _host.Settings["Other"] = $"{_host.FirstPort}";

        var wrong = await _host.LaunchAsync();

        (await wrong.Exited.Within()).ShellCode.ShouldBe(1, _host.Output);
        _host.Output.ShouldContain($"{_host.FirstPort}");
        (await ProductionHost.AnswerAsync(_host.FirstPort)).ShouldBe(Pid(before[0]));
        _host.Settings["Other"] = "";
        _appHost = await _host.StartAsync();
        (await _host.ReplicasAsync()).Select(Pid).ShouldBe(before.Select(Pid));
    }

    [Fact]
    public async Task Second_AppHost_on_the_state_folder_is_refused_and_names_the_first()
    {
        _appHost = await _host.StartAsync();

        var second = await _host.LaunchAsync();

        (await second.Exited.Within()).ShellCode.ShouldBe(1);
        _host.Output.ShouldContain($"The state folder '{_host.State}' is in use by another AppHost, process {_appHost.Pid}. Stop that one with './stack down', or give this one another folder with Stack:State.");
        (await _host.ReplicasAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Number_that_went_to_another_process_is_neither_adopted_nor_signalled()
    {
        _appHost = await _host.StartAsync();
        var pids = (await _host.ReplicasAsync()).Select(Pid).ToList();
        await ProductionHost.KillAsync(_appHost);
        pids.ForEach(p => Libc.Kill(p, SignalNames.Kill));
        var stranger = await Launchers.Create(new RecordingLogger()).LaunchAsync(
            new LaunchRequest { FileName = "/bin/sleep", Arguments = ["1000"], WorkingDirectory = "/", Environment = ActorProgram.Environment, LogFile = Path.Combine(_host.State, "stranger.log") }, CancellationToken.None);
        try
        {
            var name = $"site-{_host.FirstPort}";
            _host.Records().Write(_host.Record(name) with { Process = stranger.Identity with { StartTicks = 1 } });
            var other = $"site-{_host.FirstPort + 1}";
            _host.Records().Write(_host.Record(other) with { Process = stranger.Identity });

            _appHost = await _host.StartAsync();
            await ProductionHost.EndAsync(_appHost);

            _host.Output.ShouldContain($"Replica '{name}' does not go on: its process {stranger.Pid} has ended. It is started anew.");
            _host.Output.ShouldContain($"Replica '{other}' does not go on: process {stranger.Pid} does not bear its name. It is started anew.");
            stranger.Exited.IsCompleted.ShouldBeFalse();
        }
        finally
        {
            stranger.Signal(SignalNames.Kill);
            await stranger.Exited.Within();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"schema\":1,\"na")]
    [InlineData("{\"schema\":0,\"name\":\"NAME\",\"resource\":\"site\",\"generation\":1,\"state\":\"Running\",\"wanted\":true}")]
    public async Task Replica_whose_record_is_torn_or_of_another_schema_is_found_by_its_process(string content)
    {
        _appHost = await _host.StartAsync();
        var before = await _host.ReplicasAsync();
        await ProductionHost.KillAsync(_appHost);
        var file = _host.Records().FileOf(Name(before[0]));
        await File.WriteAllTextAsync(file, content.Replace("NAME", Name(before[0]), StringComparison.Ordinal), TestContext.Current.CancellationToken);

        _appHost = await _host.LaunchAsync();

        // What it was launched with is not known any more, so it is launched anew, by a roll.
        await _host.UntilAsync(_appHost, r => r[0].GetProperty("generation").GetInt32() == 2 && r.All(i => i.GetProperty("health").GetString() == "Ready"), "it was found, and launched anew");
        _host.Output.ShouldContain($"The record '{file}' can't be used: ");
        _host.Output.ShouldContain($"Instance {Name(before[0])} goes on: process {Pid(before[0])}, generation 1, was left running by the AppHost before.");
        Pid((await _host.ReplicasAsync())[1]).ShouldBe(Pid(before[1]));
    }

    [Fact]
    public async Task Child_that_was_launched_but_not_written_down_is_found()
    {
        _appHost = await _host.StartAsync();
        var before = await _host.ReplicasAsync();
        await ProductionHost.KillAsync(_appHost);
        var name = Name(before[0]);
        _host.Records().Write(_host.Record(name) with { Process = null, State = "Starting" });

        _appHost = await _host.LaunchAsync();

        await _host.UntilAsync(_appHost, r => r.All(i => i.GetProperty("health").GetString() == "Ready"), "all are ready");
        _host.Output.ShouldContain($"Instance {name} goes on: process {Pid(before[0])}");
    }

    [Fact]
    public async Task Replica_stopped_by_command_stays_stopped()
    {
        _appHost = await _host.StartAsync();
        var name = Name((await _host.ReplicasAsync())[0]);
        (await _host.PostAsync($"{name}/stop")).EnsureSuccessStatusCode();
        await ProductionHost.KillAsync(_appHost);

        _appHost = await _host.StartAsync(ready: 1);
        (await _host.ReplicasAsync())[0].GetProperty("state").GetString().ShouldBe("Stopped");
        await ProductionHost.EndAsync(_appHost);
        _appHost = await _host.StartAsync(ready: 1);
        (await _host.ReplicasAsync())[0].GetProperty("state").GetString().ShouldBe("Stopped");

        (await _host.PostAsync($"{name}/start")).EnsureSuccessStatusCode();
        await ProductionHost.EndAsync(_appHost);
        _appHost = await _host.StartAsync(ready: 2);
    }

    [Fact]
    public async Task Down_that_leaves_running_leaves_all_to_the_next_AppHost()
    {
        _appHost = await _host.StartAsync();
        var before = await _host.ReplicasAsync();

        (await _host.PostAsync("down", new { leaveRunning = true })).EnsureSuccessStatusCode();
        (await _appHost.Exited.Within()).ShellCode.ShouldBe(0, _host.Output);

        (await ProductionHost.AnswerAsync(_host.FirstPort)).ShouldBe(Pid(before[0]));
        _appHost = await _host.StartAsync();
        (await _host.ReplicasAsync()).Select(Pid).ShouldBe(before.Select(Pid));
    }

    [Fact]
    public async Task No_process_stays_that_could_not_be_written_down()
    {
        _appHost = await _host.StartAsync();
        var instances = Path.Combine(_host.State, "instances");
        var name = Name((await _host.ReplicasAsync())[0]);

        // Nobody, root included, can make a file where the folder is none.
        Directory.Move(instances, $"{instances}.away");
        await File.WriteAllTextAsync(instances, "", TestContext.Current.CancellationToken);
        var restart = _host.PostAsync($"{name}/restart");

        var failed = await _host.UntilAsync(_appHost, r => r[0].GetProperty("state").GetString() is "Backoff" or "Fatal", "the replica that can't be recorded is not launched");
        failed[0].GetProperty("reason").GetString()!.ShouldContain($"its record '{Path.Combine(instances, $"{name}.json")}' can't be written");
        _host.Processes().ShouldBe([Pid(failed[1])]);
        File.Delete(instances);
        Directory.Move($"{instances}.away", instances);
        await _host.ReadyAsync(_appHost, 2);
        (await restart).Dispose();
    }

    private static string Name(JsonElement replica) => replica.GetProperty("name").GetString()!;

    private static int Pid(JsonElement replica) => replica.GetProperty("pid").GetInt32();
}
