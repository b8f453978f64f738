using System.Net;
using System.Text.Json;

namespace EndToEnd.Publishing;

/// <summary>What './stack publish' writes for a Linux machine, on one of its own: the steps of a life that are the same whatever supervises there, with the commands of its README.</summary>
public abstract class LinuxTests(string target) : IAsyncLifetime
{
    private protected const string Gateway = "http://127.0.0.1:8080";
    private protected const string Kit = "/opt/stack/kit";
    private protected static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private protected static readonly int[] Ports = [8001, 8002, 8003, 8004];
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly string _folder = Directory.CreateTempSubdirectory($"stack-{target}-").FullName;

    /// <summary>What is published with, beside the target and the release.</summary>
    private protected virtual IEnumerable<string> Switches(int replicas) => ["--replicas", $"site={replicas}"];

    /// <summary>A line of shell that prints the key of the dashboard's API.</summary>
    private protected virtual string DashboardKey => ". /etc/stack/secrets.env; echo $DASHBOARD_API_KEY";

    private protected SystemdBox Box { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Box = await SystemdBox.BootAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Box is not null)
        {
            await Box.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>From the sources to four replicas that serve.</summary>
    private protected async Task IsInstalledAsync(bool asTyped = false)
    {
        await PublishAsync("1.0.0", Ports.Length, asTyped);
        await BuildAsync();
        await RefusesToStartWithoutItsDatabaseAsync();
        await InstallAsync("1.0.0");
        await AllReplicasAnswerAsync();
        await OnceMoreChangesNothingAsync("1.0.0");
        await OneKeyServesAllAsync();
        await DashboardHasTheLogsOfAllAsync();
    }

    private protected async Task PublishAsync(string release, int replicas, bool asTyped = false)
    {
        string[] arguments = ["--release", release, .. Switches(replicas)];
        var published = asTyped
            ? await Commands.StackAsync(Nothing, ["publish", target, _folder, .. arguments])
            : await Commands.RunAsync("dotnet", [Path.Combine(Repository.Root, "AppHost/bin/Release/net10.0/AppHost.dll"), "--publisher", target, "--output-path", _folder, .. arguments], Nothing, Limit);
        published.ExitCode.ShouldBe(0, published.All);
    }

    private protected async Task BuildAsync()
    {
        var built = await Commands.RunAsync($"{_folder}/build.sh", ["--source", Repository.Root, "--no-build"], Nothing, TimeSpan.FromMinutes(3));
        built.ExitCode.ShouldBe(0, built.All);
    }

    /// <summary>Then gives it the one that the file itself says.</summary>
    private async Task RefusesToStartWithoutItsDatabaseAsync()
    {
        await CopyAsync();
        var refused = await Box.RunAsync("/root/stack/install.sh");
        refused.ExitCode.ShouldBe(1, refused.All);
        refused.Errors.ShouldBe("/etc/stack/secrets.env: no value for BOARD. Set what is missing, then try again.\n");
        (await Box.ReadAsync("ls -d /etc/systemd/system/stack* /etc/supervisor/conf.d/stack* /etc/nginx/conf.d/stack* /opt/stack/site 2>/dev/null; true")).ShouldBe("", "nothing was installed");
        await Box.ReadAsync("""sed -i "s|^BOARD=.*|BOARD='$(grep -o 'Data Source=[^ ]*' /etc/stack/secrets.env)'|" /etc/stack/secrets.env""");
    }

    private protected async Task InstallAsync(string release)
    {
        await CopyAsync();
        (await Box.ReadAsync("/root/stack/install.sh")).ShouldEndWith($"stack: release {release} runs");
    }

    private async Task OnceMoreChangesNothingAsync(string release)
    {
        const string pids = "ps -C WebSite,Stack.Dashboard,nginx -o pid=";
        var before = await Box.ReadAsync(pids);
        (await Box.ReadAsync("/root/stack/install.sh")).ShouldBe($"stack: release {release} runs");
        (await Box.ReadAsync(pids)).ShouldBe(before);
    }

    private async Task AllReplicasAnswerAsync()
    {
        await AnswersOnAllPortsAsync();
        (await Box.ReadAsync("ps -o user= -C WebSite,Stack.Dashboard | sort -u")).ShouldBe("stack");
        (await Box.ReadAsync("find /var/lib/stack/stack/keys -perm /077 -name 'key-*'; stat -c %a /etc/stack/secrets.env")).ShouldBe("600");
    }

    private protected async Task AnswersOnAllPortsAsync()
    {
        using var client = Box.Client(Gateway);
        HashSet<int> seen = [];
        for (var i = 0; i < 40; i++)
        {
            seen.Add(JsonDocument.Parse(await client.GetStringAsync(new Uri("/whoami", UriKind.Relative))).RootElement.GetProperty("port").GetInt32());
        }

        seen.ShouldBe(Ports, ignoreOrder: true);
    }

    private protected async Task OneKeyServesAllAsync()
    {
        (await Box.ReadAsync("ls /var/lib/stack/stack/keys/key-*.xml | wc -l")).ShouldBe("1");
        using var member = Box.Client("http://127.0.0.1:8001");
        await BoxTraffic.SignUpAsync(member, "Ann");
        foreach (var port in Ports)
        {
            (await member.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"))).ShouldContain("<span>Ann</span>", customMessage: $"{port}");
        }
    }

    private protected async Task DashboardHasTheLogsOfAllAsync()
    {
        using var client = Box.Client("http://127.0.0.1:18888");
        (await client.GetAsync(new Uri("/api/telemetry/resources", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        client.DefaultRequestHeaders.Add("X-API-Key", await Box.ReadAsync(DashboardKey));
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

    private protected async Task SurvivesAKillAsync()
    {
        var before = await PidsAsync(8002);
        await Box.ReadAsync($"kill -9 {before}");
        await ComesBackAsync(8002, before);
    }

    /// <summary>Another process than that of before listens there, and is healthy.</summary>
    private protected Task ComesBackAsync(int port, string before) => Eventually.TrueAsync(
        async () => await PidsAsync(port) is { Length: > 0 } pid && pid != before && (await Box.RunAsync($"curl -fs -m 3 http://127.0.0.1:{port}/health")).ExitCode == 0,
        Limit, () => Box.ReadAsync("ps -ef"));

    private protected async Task RollsAsync()
        => (await Box.ReadAsync($"{Kit}/stack-roll.sh site")).ShouldBe(string.Join('\n', Ports.Select(p => $"site-{p}: ready")));

    private protected async Task GoesOverToAnotherReleaseAsync()
    {
        await ReleaseAsync("1.0.1");
        (await Box.ReadAsync("/root/stack/install.sh")).ShouldEndWith("stack: release 1.0.1 runs");
        (await FoldersAsync()).ShouldBe("/opt/stack/site/releases/1.0.1");
    }

    private protected async Task PutsABadReleaseBackAsync()
    {
        var before = await PidsAsync(8002, 8003, 8004);
        await ReleaseAsync("1.0.2", broken: "site");

        var bad = await Box.RunAsync("/root/stack/install.sh");

        bad.ExitCode.ShouldBe(1, bad.All);
        bad.Output.ShouldContain("site-8001: did not get ready\n");
        bad.Errors.ShouldEndWith("Release 1.0.2 is not installed: release 1.0.1 serves, as before.\n");
        (await FoldersAsync()).ShouldBe("/opt/stack/site/releases/1.0.1");
        (await PidsAsync(8002, 8003, 8004)).ShouldBe(before, "those after it were not touched");
        (await Box.ReadAsync("ls /run/stack/drain /opt/stack/site/releases")).ShouldBe("/opt/stack/site/releases:\n1.0.0\n1.0.1\n\n/run/stack/drain:");
    }

    private protected async Task GoesBackAsync()
    {
        (await Box.ReadAsync($"{Kit}/rollback.sh")).ShouldEndWith("stack: release 1.0.0 runs");
        (await FoldersAsync()).ShouldBe("/opt/stack/site/releases/1.0.0");
    }

    /// <summary>More or fewer replicas: those that stay are not restarted.</summary>
    private protected async Task HasReplicasAsync(int count)
    {
        int[] staying = [8001, 8002];
        var before = await PidsAsync(staying);
        await PublishAsync("1.0.0", count);
        await InstallAsync("1.0.0");
        (await PidsAsync(staying)).ShouldBe(before);
        (await PidsAsync(Ports)).Split('\n').Length.ShouldBe(count);
    }

    private protected async Task LeavesNothingButDataAsync()
    {
        await Box.ReadAsync($"{Kit}/uninstall.sh");
        (await Box.ReadAsync("ps -C WebSite,Stack.Dashboard -o cmd=; true")).ShouldBe("");
        (await Box.ReadAsync("find /etc /opt /run /usr/lib/systemd/system /usr/lib/sysusers.d /usr/lib/tmpfiles.d /var/log/stack -path '*stack*' ! -path '/etc/alternatives/*' 2>/dev/null | sort")).ShouldBe("/etc/stack\n/etc/stack/secrets.env");
        (await Box.ReadAsync("ls /var/lib/stack/stack")).ShouldBe("board\nkeys\ntelemetry");
        using var client = Box.Client(Gateway);
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("/", UriKind.Relative)));
    }

    /// <summary>The processes that listen at these ports, one a line.</summary>
    private protected Task<string> PidsAsync(params int[] ports)
        => Box.ReadAsync($"for port in {string.Join(' ', ports)}; do ss -Hltnp \"sport = :$port\" | grep -o 'pid=[0-9]*' | cut -d= -f2; done; true");

    // As rsync does it, but for the parameters, which were set there.
    private protected async Task CopyAsync()
    {
        var copied = await Commands.RunAsync("/bin/bash", ["-c", $"rm -rf {Box.Root}/root/stack && cp -a {_folder} {Box.Root}/root/stack"], Nothing, Limit);
        copied.ExitCode.ShouldBe(0, copied.All);
    }

    // The same programs under another name: another build of them would show nothing more.
    private protected async Task ReleaseAsync(string release, string? broken = null)
    {
        await PublishAsync(release, Ports.Length);
        foreach (var releases in Directory.GetDirectories($"{_folder}/rootfs/opt/stack", "releases", SearchOption.AllDirectories).Where(r => Directory.Exists($"{r}/1.0.0")))
        {
            (await Commands.RunAsync("cp", ["-r", $"{releases}/1.0.0", $"{releases}/{release}"], Nothing, Limit)).ExitCode.ShouldBe(0);
        }

        if (broken is not null)
        {
            await File.WriteAllTextAsync($"{_folder}/rootfs/opt/stack/{broken}/releases/{release}/appsettings.json", "{ broken");
        }

        await CopyAsync();
    }

    private Task<string> FoldersAsync() => Box.ReadAsync("for pid in $(pgrep -x WebSite); do readlink /proc/$pid/cwd; done | sort -u");
}
