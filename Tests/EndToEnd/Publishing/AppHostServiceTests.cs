namespace EndToEnd.Publishing;

/// <summary>What './stack publish systemd --supervisor apphost' writes, on a machine that runs systemd: the AppHost is a service there, and is killed, exchanged and removed while its sites serve.</summary>
[Collection("boxes")]
[Trait("kind", "e2e")]
public sealed class AppHostServiceTests() : LinuxTests("systemd")
{
    private const string Stack = "/opt/stack/bin/stack";

    private protected override string DashboardKey => $"{Stack} dashboard --json | sed -n 's/.*\"apiKey\": *\"\\([^\"]*\\)\".*/\\1/p'";

    [Fact]
    public async Task An_AppHost_that_is_a_service_lives_its_whole_life_without_losing_a_request()
    {
        await PublishAsync("1.0.0", 4, asTyped: true);
        await BuildAsync();
        await InstallAsync("1.0.0");
        await EverythingRunsAsync();
        await OneKeyServesAllAsync();
        await DashboardHasTheLogsOfAllAsync();
        await using (BoxTraffic readers = new(Box, Gateway, posts: false))
        {
            await SurvivesAKillAsync();
            await readers.ShouldHaveLostNothingAsync();
        }

        await using (BoxTraffic traffic = new(Box, Gateway))
        {
            await ServesOnWhileItIsKilledAsync();
            await AnInstallThatChangesNothingTouchesNothingAsync();
            await GoesOverAsync();
            await PutsBackWhatDoesNotGetReadyAsync("1.0.2", "site");
            await PutsBackWhatDoesNotGetReadyAsync("1.0.3", "apphost");
            await ComesBackToTheFirstReleaseAsync();
            await TakesAnotherNumberOfReplicasAsync();
            await traffic.ShouldHaveLostNothingAsync();
        }

        (await Box.ReadAsync("systemctl is-system-running")).ShouldBe("running");
        await StopsAndStartsAsync();
        await LeavesNothingButItsDataAsync();
    }

    private protected override IEnumerable<string> Switches(int replicas) => ["--supervisor", "apphost"];

    private async Task EverythingRunsAsync()
    {
        await AnswersOnAllPortsAsync();
        (await Box.ReadAsync("systemctl show -p ActiveState,SubState,StatusText stack | sort")).ShouldBe("ActiveState=active\nStatusText=6 of 6 ready\nSubState=running");
        (await Box.ReadAsync("ps -eo user=,args= | grep -E '[W]ebSite.dll|[n]ginx: |[S]tack.Dashboard.dll|[A]ppHost --' | cut -d' ' -f1 | sort -u")).ShouldBe("stack");
        (await Box.ReadAsync("find /etc/stack -name '*secrets.env' ! -perm 600; stat -c %a%U /run/stack/stack/control.sock")).ShouldBe("660stack");
        (await Box.ReadAsync($"{Stack} releases site | tail -n +2 | cut -d' ' -f1")).ShouldBe("build");
    }

    private async Task ServesOnWhileItIsKilledAsync()
    {
        var before = await PidsAsync(Ports);
        var appHost = await AppHostAsync();
        await Box.ReadAsync($"kill -9 {appHost}");
        await Eventually.TrueAsync(
            async () => await AppHostAsync() is var pid && pid != "0" && pid != appHost && (await Box.RunAsync($"{Stack} wait-ready --pid {pid} --timeout 30")).ExitCode == 0,
            Limit, () => Box.ReadAsync("journalctl -u stack | tail"));
        (await PidsAsync(Ports)).ShouldBe(before, "taken over, not started anew");
        (await Box.ReadAsync("systemctl show -p NRestarts --value stack")).ShouldBe("1");
    }

    private async Task AnInstallThatChangesNothingTouchesNothingAsync()
    {
        var before = await PidsAsync([8080, .. Ports]) + await AppHostAsync();
        (await Box.ReadAsync("/root/stack/install.sh")).ShouldBe("stack: release 1.0.0 runs");
        (await PidsAsync([8080, .. Ports]) + await AppHostAsync()).ShouldBe(before);
    }

    private async Task GoesOverAsync()
    {
        var (appHost, nginx) = (await AppHostAsync(), await PidsAsync(8080));
        await ReleaseAsync("1.0.1");
        var said = await Box.ReadAsync("/root/stack/install.sh");
        said.ShouldContain("migrations: exited\n", customMessage: "the jobs of the new release come first");
        said.ShouldEndWith("stack: release 1.0.1 runs");
        (await RunsAsync()).ShouldBe("1.0.1");
        (await AppHostAsync()).ShouldNotBe(appHost);
        (await PidsAsync(8080)).ShouldBe(nginx, "Nginx was taken over");
    }

    private async Task PutsBackWhatDoesNotGetReadyAsync(string release, string broken)
    {
        await ReleaseAsync(release, broken);
        var untouched = await PidsAsync(8002, 8003, 8004);

        var bad = await Box.RunAsync("/root/stack/install.sh");

        bad.ExitCode.ShouldBe(1, bad.All);
        bad.Errors.ShouldEndWith($"Release {release} is not installed: release 1.0.1 serves, as before.\n");
        bad.All.ShouldContain("appsettings.json", customMessage: "the reason");
        (await RunsAsync()).ShouldBe("1.0.1");
        (await PidsAsync(8002, 8003, 8004)).ShouldBe(untouched, "those after it were not touched");
        (await Box.RunAsync($"{Stack} status")).ExitCode.ShouldBe(0);
        (await Box.ReadAsync("ls /opt/stack/site/releases")).ShouldBe("1.0.0\n1.0.1");
    }

    private async Task ComesBackToTheFirstReleaseAsync()
    {
        (await Box.ReadAsync($"{Kit}/rollback.sh")).ShouldEndWith("stack: release 1.0.0 runs");
        (await Box.ReadAsync($"{Stack} releases site --json | grep -m 1 current")).ShouldContain("\"current\": \"build\"");
        (await Box.ReadAsync("readlink /proc/$(systemctl show -p MainPID --value stack)/exe")).ShouldBe("/opt/stack/apphost/releases/1.0.0/AppHost");
    }

    private async Task TakesAnotherNumberOfReplicasAsync()
    {
        var staying = await PidsAsync(8001, 8002);
        (await Box.RunAsync($"{Stack} scale site=2")).ExitCode.ShouldBe(0);
        (await PidsAsync(Ports)).ShouldBe(staying);
    }

    private async Task StopsAndStartsAsync()
    {
        await Box.ReadAsync($"{Stack} down");
        (await PidsAsync([8080, 18888, .. Ports])).ShouldBe("");
        await Box.ReadAsync("systemctl start stack");
        (await Box.ReadAsync("systemctl show -p StatusText --value stack")).ShouldBe("4 of 4 ready", "the number that was asked for stays");
    }

    private async Task LeavesNothingButItsDataAsync()
    {
        await Box.ReadAsync($"{Kit}/uninstall.sh");
        (await PidsAsync([8080, 18888, .. Ports])).ShouldBe("");
        (await Box.ReadAsync("systemctl list-units --all --plain --no-legend 'stack*'; find /etc /opt /run /usr/lib/systemd/system /usr/lib/sysusers.d /usr/lib/tmpfiles.d -path '*stack*' ! -path '/etc/alternatives/*' 2>/dev/null | sort")).ShouldBe("/etc/stack\n/etc/stack/secrets.env");
        (await Box.ReadAsync("ls -d /var/lib/stack/stack/{board,keys,telemetry,logs}")).ShouldBe("/var/lib/stack/stack/board\n/var/lib/stack/stack/keys\n/var/lib/stack/stack/logs\n/var/lib/stack/stack/telemetry");
    }

    private Task<string> AppHostAsync() => Box.ReadAsync("systemctl show -p MainPID --value stack");

    // Which release all replicas run from, by the last part of its name.
    private Task<string> RunsAsync() => Box.ReadAsync($"for pid in $(pgrep -f 'WebSite[.]dll'); do readlink /proc/$pid/cwd; done | sed 's/.*-//' | sort -u");
}
