using System.Net;
using System.Text.Json;

namespace EndToEnd.Publishing;

/// <summary>What './stack publish systemd' writes, on a machine that runs systemd: built, installed, attacked, rolled, upgraded, put back, scaled and removed, with the commands of its README.</summary>
[Trait("kind", "e2e")]
public sealed class SystemdTests : IAsyncLifetime
{
    private const string Gateway = "http://127.0.0.1:8080";
    private const string Kit = "/opt/stack/kit";
    private static readonly Dictionary<string, string> Nothing = [];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly int[] Ports = [8001, 8002, 8003, 8004];

    private readonly string _folder = Directory.CreateTempSubdirectory("stack-systemd-").FullName;
    private SystemdBox _box = null!;

    public async ValueTask InitializeAsync() => _box = await SystemdBox.BootAsync();

    public async ValueTask DisposeAsync()
    {
        await _box.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_published_stack_lives_its_whole_life_on_a_machine_of_its_own_without_losing_a_request()
    {
        await PublishAsync("1.0.0", 4, asTyped: true);
        await BuildAsync();
        await RefusesToStartWithoutItsDatabaseAsync();
        await InstallAsync("stack: release 1.0.0 runs");
        await AllReplicasAnswerAsync();
        await InstallAsync("stack: release 1.0.0 runs", changesNothing: true);
        await OneKeyServesAllAsync();
        await DashboardHasTheLogsOfAllAsync();
        await SurvivesAKillAsync();
        await using (BoxTraffic traffic = new(_box, Gateway))
        {
            (await _box.ReadAsync($"{Kit}/stack-roll.sh site")).ShouldBe(string.Join('\n', Ports.Select(p => $"site-{p}: ready")));
            await GoesOverToAnotherReleaseAsync();
            await PutsABadReleaseBackAsync();
            await GoesBackAsync();
            await HasFewerReplicasAsync();
            await traffic.ShouldHaveLostNothingAsync();
        }

        (await _box.ReadAsync("systemctl is-system-running")).ShouldBe("running");
        await LeavesNothingButDataAsync();
    }

    private async Task PublishAsync(string release, int replicas, bool asTyped = false)
    {
        string[] arguments = ["--release", release, "--replicas", $"site={replicas}"];
        var published = asTyped
            ? await Commands.StackAsync(Nothing, ["publish", "systemd", _folder, .. arguments])
            : await Commands.RunAsync("dotnet", [Path.Combine(Repository.Root, "AppHost/bin/Release/net10.0/AppHost.dll"), "--publisher", "systemd", "--output-path", _folder, .. arguments], Nothing, Limit);
        published.ExitCode.ShouldBe(0, published.All);
    }

    private async Task BuildAsync()
    {
        var built = await Commands.RunAsync($"{_folder}/build.sh", ["--source", Repository.Root, "--no-build"], Nothing, TimeSpan.FromMinutes(3));
        built.ExitCode.ShouldBe(0, built.All);
    }

    // As rsync does it, but for the parameters, which were set there.
    private async Task CopyAsync()
    {
        var copied = await Commands.RunAsync("/bin/bash", ["-c", $"rm -rf {_box.Root}/root/stack && cp -a {_folder} {_box.Root}/root/stack"], Nothing, Limit);
        copied.ExitCode.ShouldBe(0, copied.All);
    }

    private async Task RefusesToStartWithoutItsDatabaseAsync()
    {
        await CopyAsync();
        var refused = await _box.RunAsync("/root/stack/install.sh");
        refused.ExitCode.ShouldBe(1, refused.All);
        refused.Errors.ShouldBe("/etc/stack/secrets.env: no value for BOARD. Set what is missing, then try again.\n");
        (await _box.RunAsync("ls /etc/systemd/system/stack* /opt/stack/site")).ExitCode.ShouldNotBe(0, "nothing was installed");
        await _box.ReadAsync("sed -i \"s|^BOARD=.*|BOARD='Data Source=/var/lib/stack/stack/board/board.db'|\" /etc/stack/secrets.env");
    }

    private async Task InstallAsync(string says, bool changesNothing = false)
    {
        if (!changesNothing)
        {
            await CopyAsync();
        }

        var before = changesNothing ? await PidsAsync() : "";
        var installed = await _box.RunAsync("/root/stack/install.sh");
        installed.ExitCode.ShouldBe(0, installed.All);
        installed.Output.TrimEnd('\n').ShouldEndWith(says);
        if (changesNothing)
        {
            installed.Output.ShouldBe($"{says}\n");
            (await PidsAsync()).ShouldBe(before);
        }
    }

    private Task<string> PidsAsync() => _box.ReadAsync("ps -C WebSite,Stack.Dashboard,nginx -o pid=");

    private async Task AllReplicasAnswerAsync()
    {
        using var client = _box.Client(Gateway);
        HashSet<int> seen = [];
        for (var i = 0; i < 40; i++)
        {
            seen.Add(JsonDocument.Parse(await client.GetStringAsync(new Uri("/whoami", UriKind.Relative))).RootElement.GetProperty("port").GetInt32());
        }

        seen.ShouldBe(Ports, ignoreOrder: true);
        (await _box.ReadAsync("ps -o user= -C WebSite,Stack.Dashboard | sort -u")).ShouldBe("stack");
        (await _box.ReadAsync("find /etc/stack -name '*secrets.env' ! -perm 600; find /var/lib/stack/stack/keys -perm /077 -name 'key-*'")).ShouldBe("");
    }

    private async Task OneKeyServesAllAsync()
    {
        (await _box.ReadAsync("ls /var/lib/stack/stack/keys/key-*.xml | wc -l")).ShouldBe("1");
        using var member = _box.Client("http://127.0.0.1:8001");
        await BoxTraffic.SignUpAsync(member, "Ann");
        foreach (var port in Ports)
        {
            (await member.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"))).ShouldContain("<span>Ann</span>", customMessage: $"{port}");
        }
    }

    private async Task DashboardHasTheLogsOfAllAsync()
    {
        using var client = _box.Client("http://127.0.0.1:18888");
        (await client.GetAsync(new Uri("/api/telemetry/resources", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        client.DefaultRequestHeaders.Add("X-API-Key", await _box.ReadAsync(". /etc/stack/secrets.env; echo $DASHBOARD_API_KEY"));
        List<string> seen = [];
        await Eventually.TrueAsync(
            async () =>
            {
                var resources = JsonDocument.Parse(await client.GetStringAsync(new Uri("/api/telemetry/resources", UriKind.Relative))).RootElement;
                seen = [.. resources.EnumerateArray().Where(r => r.GetProperty("hasLogs").GetBoolean()).Select(r => r.GetProperty("instanceId").GetString()!)];
                return Ports.All(port => seen.Contains($"site-{port}"));
            },
            Limit, () => Task.FromResult($"logs of {string.Join(", ", seen)}"));
    }

    private async Task SurvivesAKillAsync()
    {
        await _box.ReadAsync("kill -9 $(systemctl show -p MainPID --value stack-site@8002)");
        await Eventually.TrueAsync(
            async () => (await _box.ReadAsync("systemctl show -p NRestarts,ActiveState stack-site@8002")) == "NRestarts=1\nActiveState=active",
            Limit, () => _box.ReadAsync("systemctl status stack-site@8002"));
    }

    private async Task GoesOverToAnotherReleaseAsync()
    {
        await ReleaseAsync("1.0.1", 4);
        await InstallAsync("stack: release 1.0.1 runs");
        (await FoldersAsync()).ShouldBe("/opt/stack/site/releases/1.0.1");
    }

    private async Task PutsABadReleaseBackAsync()
    {
        var before = await _box.ReadAsync("systemctl show -p MainPID --value stack-site@8002 stack-site@8003 stack-site@8004");
        await ReleaseAsync("1.0.2", 4);
        await File.WriteAllTextAsync($"{_folder}/rootfs/opt/stack/site/releases/1.0.2/appsettings.json", "{ broken");
        await CopyAsync();

        var bad = await _box.RunAsync("/root/stack/install.sh");

        bad.ExitCode.ShouldBe(1, bad.All);
        bad.Output.ShouldContain("site-8001: did not get ready\n");
        bad.Errors.ShouldEndWith("Release 1.0.2 is not installed: release 1.0.1 serves, as before.\n");
        (await FoldersAsync()).ShouldBe("/opt/stack/site/releases/1.0.1");
        (await _box.ReadAsync("systemctl show -p MainPID --value stack-site@8002 stack-site@8003 stack-site@8004")).ShouldBe(before, "those after it were not touched");
        (await _box.ReadAsync("ls /run/stack/drain /opt/stack/site/releases")).ShouldBe("/opt/stack/site/releases:\n1.0.0\n1.0.1\n\n/run/stack/drain:");
    }

    private async Task GoesBackAsync()
    {
        (await _box.ReadAsync($"{Kit}/rollback.sh")).ShouldEndWith("stack: release 1.0.0 runs");
        (await FoldersAsync()).ShouldBe("/opt/stack/site/releases/1.0.0");
    }

    private async Task HasFewerReplicasAsync()
    {
        var before = await _box.ReadAsync("systemctl show -p MainPID --value stack-site@8001 stack-site@8002");
        await PublishAsync("1.0.0", 2);
        await InstallAsync("stack: release 1.0.0 runs");
        (await _box.ReadAsync("systemctl list-units --plain --no-legend 'stack-site@*' | cut -d' ' -f1")).ShouldBe("stack-site@8001.service\nstack-site@8002.service");
        (await _box.ReadAsync("systemctl show -p MainPID --value stack-site@8001 stack-site@8002")).ShouldBe(before, "those that stay are not restarted");
    }

    private async Task LeavesNothingButDataAsync()
    {
        await _box.ReadAsync($"{Kit}/uninstall.sh");
        (await _box.ReadAsync("systemctl list-units --all --plain --no-legend 'stack*'; ps -C WebSite,Stack.Dashboard -o cmd=; true")).ShouldBe("");
        (await _box.ReadAsync("find /etc /opt /run /usr/lib/systemd/system /usr/lib/sysusers.d /usr/lib/tmpfiles.d -path '*stack*' ! -path '/etc/alternatives/*' 2>/dev/null | sort")).ShouldBe("/etc/stack\n/etc/stack/secrets.env");
        (await _box.ReadAsync("ls /var/lib/stack/stack")).ShouldBe("board\nkeys\ntelemetry");
        using var client = _box.Client(Gateway);
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("/", UriKind.Relative)));
    }

    // The same programs under another name: another build of them would show nothing more.
    private async Task ReleaseAsync(string release, int replicas)
    {
        await PublishAsync(release, replicas);
        foreach (var program in new[] { "site", "migrations", "dashboard" })
        {
            var releases = $"{_folder}/rootfs/opt/stack/{program}/releases";
            (await Commands.RunAsync("cp", ["-r", $"{releases}/1.0.0", $"{releases}/{release}"], Nothing, Limit)).ExitCode.ShouldBe(0);
        }
    }

    private Task<string> FoldersAsync() => _box.ReadAsync("for pid in $(pgrep -x WebSite); do readlink /proc/$pid/cwd; done | sort -u");
}
