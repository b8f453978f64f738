using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;
using Testing;

namespace Hosting.Tests.Production;

/// <summary>New versions of a site, as real processes, and what becomes of them when AppHosts end and start.</summary>
[Trait("kind", "process")]
public sealed class DeployInProductionTests : IAsyncLifetime
{
    private readonly ProductionHost _host = new();
    private IInstanceProcess? _appHost;

    public DeployInProductionTests() => _host.Settings["Site:Folder"] = Published("v1");

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
    public async Task A_release_serves_without_its_source_over_a_crash_and_in_the_next_AppHost_which_changes_nothing()
    {
        _appHost = await _host.StartAsync();
        var source = Published("v2");
        await DeployAsync(source);
        Directory.Delete(source, recursive: true);

        (await VersionsAsync()).ShouldBe(["v2", "v2"]);
        var before = await _host.ReplicasAsync();
        await ProductionHost.KillAsync(_appHost);
        _appHost = await _host.StartAsync();

        (await _host.ReplicasAsync()).Select(Pid).ShouldBe(before.Select(Pid));
        _host.Output.ShouldContain("Resource 'site' runs release ");
        _host.Output.ShouldNotContain("Restarting one after another");
        Libc.Kill(Pid(before[1]), SignalNames.Kill).ShouldBe(0);
        await _host.UntilAsync(_appHost, r => Pid(r[1]) != Pid(before[1]) && r.All(IsReady), "the crashed one is back");
        (await VersionsAsync()).ShouldBe(["v2", "v2"]);
    }

    [Fact]
    public async Task Rollback_goes_back_step_by_step_to_what_the_AppHost_itself_runs_and_no_further()
    {
        _appHost = await _host.StartAsync();
        await DeployAsync(Published("v2"));
        await DeployAsync(Published("v3"));

        await OkAsync("site/rollback");
        (await VersionsAsync()).ShouldBe(["v2", "v2"]);
        await OkAsync("site/rollback");
        (await VersionsAsync()).ShouldBe(["v1", "v1"]);
        var pids = (await _host.ReplicasAsync()).Select(Pid).ToList();
        using var refused = await _host.PostAsync("site/rollback");

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await DetailAsync(refused)).ShouldStartWith("There is no release of 'site' before 'build'. There are: ");
        (await _host.ReplicasAsync()).Select(Pid).ShouldBe(pids);
        await OkAsync("site/rollback", new { to = "v3" });
        (await VersionsAsync()).ShouldBe(["v3", "v3"]);
    }

    [Theory]
    [InlineData("broken", "the database has no column 'color'")]
    [InlineData("crash", "Unhandled exception")]
    public async Task A_release_that_does_not_start_costs_one_replica_nothing_and_never_comes_again(string how, string lastWords)
    {
        _appHost = await _host.StartAsync();
        await DeployAsync(Published("v2"));
        var before = await _host.ReplicasAsync();
        var broken = Published("v3", how == "broken" ? "broken" : null);
        if (how == "crash")
        {
            File.Delete(Path.Combine(broken, "version.txt"));
        }

        using var failed = await _host.PostAsync("site/deploy", new { folder = broken, name = "v3" });

        failed.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var detail = await DetailAsync(failed);
        detail.ShouldContain("The version before was put back and serves. The replicas after it were not touched. What is started from now on is '");
        detail.ShouldContain(lastWords);
        (await VersionsAsync()).ShouldBe(["v2", "v2"]);
        var after = await _host.ReplicasAsync();
        Pid(after[1]).ShouldBe(Pid(before[1]));

        await ProductionHost.KillAsync(_appHost);
        Libc.Kill(Pid(after[0]), SignalNames.Kill).ShouldBe(0);
        _appHost = await _host.StartAsync();
        await _host.UntilAsync(_appHost, r => Pid(r[0]) != Pid(after[0]) && r.All(IsReady), "both are ready");

        (await VersionsAsync()).ShouldBe(["v2", "v2"]);
        Pid((await _host.ReplicasAsync())[1]).ShouldBe(Pid(before[1]));
        _host.Output.ShouldNotContain("Restarting one after another");
        await OkAsync("site/roll");
        (await VersionsAsync()).ShouldBe(["v2", "v2"]);
    }

    [Fact]
    public async Task The_job_that_the_site_waits_for_runs_from_each_release_first_and_one_that_fails_costs_nothing()
    {
        var prepared = _host.Settings["Site:Prepared"] = _host.File("prepared");
        _appHost = await _host.StartAsync();
        await DeployAsync(Published("v2"));
        (await File.ReadAllLinesAsync(prepared, TestContext.Current.CancellationToken)).ShouldBe(["v1", "v2"]);
        (await VersionsAsync()).ShouldBe(["v2", "v2"]);
        var before = await _host.ReplicasAsync();

        using var failed = await _host.PostAsync("site/deploy", new { folder = Published("v3", "unprepared"), name = "v3" });

        failed.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var detail = await DetailAsync(failed);
        detail.ShouldMatch("^The deploy of 'site' has changed nothing. Its job 'prepare', run from '[0-9]+-[0-9]+-v3', failed: exit code 4. All replicas run '[0-9]+-[0-9]+-v2' as before. What the job wrote: 'stack logs prepare'.");
        detail.ShouldEndWith("Its last lines:\nthe table 'color' is locked");
        (await _host.ReplicasAsync()).Select(Pid).ShouldBe(before.Select(Pid));

        await ProductionHost.KillAsync(_appHost);
        _appHost = await _host.StartAsync();
        (await _host.ReplicasAsync()).Select(Pid).Take(2).ShouldBe(before.Select(Pid).Take(2), "the site's; the job may be at work once more");
        await Wait.Until(() => File.ReadAllLines(prepared).Length == 4, () => File.ReadAllText(prepared));
        (await File.ReadAllLinesAsync(prepared, TestContext.Current.CancellationToken)).ShouldBe(["v1", "v2", "v2", "v2"]); // again after v3 had failed, and with the new AppHost
    }

    [Fact]
    public async Task A_deploy_that_is_cut_short_by_the_end_of_its_AppHost_is_undone_by_the_next()
    {
        _appHost = await _host.StartAsync();
        var deploy = _host.PostAsync("site/deploy", new { folder = Published("v2"), name = "v2" });
        await _host.UntilAsync(_appHost, r => r[0].GetProperty("generation").GetInt32() == 2, "the first has moved");
        await ProductionHost.KillAsync(_appHost);
        await Should.ThrowAsync<HttpRequestException>(() => deploy);
        var draft = Directory.CreateDirectory(Path.Combine(_host.State, "releases", "site", ".draft-left")).FullName;

        _appHost = await _host.StartAsync();
        await _host.UntilAsync(_appHost, r => r.All(IsReady) && !Running("v2"), "all are of the version before", rested: true);

        (await VersionsAsync()).ShouldBe(["v1", "v1"]);
        await DeployAsync(Published("v3"));
        (await VersionsAsync()).ShouldBe(["v3", "v3"]);
        Directory.Exists(draft).ShouldBeFalse();
    }

    [Fact]
    public async Task An_AppHost_whose_release_is_gone_does_not_start_and_touches_nothing()
    {
        _appHost = await _host.StartAsync();
        await DeployAsync(Published("v2"));
        var before = await _host.ReplicasAsync();
        await ProductionHost.KillAsync(_appHost);
        var release = Directory.GetDirectories(Path.Combine(_host.State, "releases", "site"), "*-v2").Single();
        Directory.Move(release, _host.File("away"));

        _appHost = await _host.LaunchAsync();

        (await _appHost.Exited.Within()).ShellCode.ShouldNotBe(0);
        _host.Output.ShouldContain($"The release '{Path.GetFileName(release)}' of 'site', which is to run, is not in '");
        foreach (var replica in before)
        {
            ProcessTable.Find(Pid(replica)).ShouldNotBeNull();
        }

        Directory.Move(_host.File("away"), release);
        _appHost = await _host.StartAsync();
        (await _host.ReplicasAsync()).Select(Pid).ShouldBe(before.Select(Pid));
    }

    private bool Running(string version) => _host.Processes().Any(p => ProcessTable.CommandLine(p).Contains($"-{version}/", StringComparison.Ordinal));

    /// <summary>Publishes a version of the actor.</summary>
    private string Published(string version, string? how = null)
    {
        var folder = Directory.CreateDirectory(_host.File($"published-{version}")).FullName;
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(ActorProgram.Path)!))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(folder, "version.txt"), version);
        if (how is not null)
        {
            File.WriteAllText(Path.Combine(folder, how), "");
        }

        return folder;
    }

    private Task DeployAsync(string folder) => OkAsync("site/deploy", new { folder, name = folder[(folder.LastIndexOf('-') + 1)..] });

    private async Task OkAsync(string path, object? body = null)
    {
        using var answer = await _host.PostAsync(path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync() + _host.Output);
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!;

    private async Task<IEnumerable<string>> VersionsAsync()
        => (await Task.WhenAll(Enumerable.Range(_host.FirstPort, 2).Select(ProductionHost.TextAsync))).Select(t => t.Split(' ')[0]);

    private static int Pid(JsonElement replica) => replica.GetProperty("pid") is { ValueKind: JsonValueKind.Number } pid ? pid.GetInt32() : 0;

    private static bool IsReady(JsonElement replica) => replica.GetProperty("health").GetString() == "Ready";
}
