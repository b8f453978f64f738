using System.Diagnostics;
using Stack.Hosting.Supervision.Commands;

namespace Testing;

/// <summary>
/// Podman in namespaces of the tests' own (network, mounts, processes), so that it can have bridges and takes nobody's ports; it has the image of tools.
/// Whatever it starts and mounts ends with the first process in there, which ends with the test.
/// </summary>
public sealed class PodmanEngine : IAsyncDisposable
{
    /// <summary>A bridge; each pod in it has an address of its own.</summary>
    public const string Network = "tests";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    // The runtime would set limits of processes, for which a confined machine lacks the right.
    private const string Runtime = """
        #!/bin/sh
        for word; do
            if [ "$before" = --bundle ] || [ "$before" = -b ]; then sed -i 's/,"rlimits":\[[^]]*\]//' "$word/config.json"; fi
            before=$word
        done
        exec runc "$@"

        """;

    private readonly CommandRunner _commands = new(TimeProvider.System);
    private readonly TempFolder _temp = new();
    private Process? _box;

    /// <summary>The first process of the namespaces, by which they are entered.</summary>
    public int Pid { get; private set; }

    /// <summary>A script that is podman in there.</summary>
    public string Program => _temp.File("podman");

    public async Task UseAsync()
    {
        if (_box is not null)
        {
            return;
        }

        await WriteAsync("runtime", Runtime);
        await WriteAsync("containers.conf", $"""
            [engine]
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            runtime = "tests"
            [engine.runtimes]
            tests = ["{_temp.File("runtime")}"]
            [network]
            network_backend = "netavark"
            [containers]
            log_driver = "k8s-file"
            """);
        await StartAsync();
        await WriteAsync("podman", $"""
            #!/bin/sh
            export CONTAINERS_CONF='{_temp.File("containers.conf")}'
            exec nsenter --target {Pid} --net --mount --pid --wd="$PWD" podman --root '{_temp.File("root")}' --runroot /run/tests --tmpdir /run/tests-tmp --network-config-dir '{_temp.File("networks")}' "$@"

            """);
        await PodmanAsync("network", "create", "--disable-dns", Network);
        await ToolsImage.MakeAsync(PodmanAsync);
    }

    /// <summary>Runs a podman command.</summary>
    public Task<string> PodmanAsync(params string[] arguments) => RunAsync(Program, arguments);

    /// <summary>Runs a program where the containers' network and processes are seen.</summary>
    public Task<string> InsideAsync(params string[] command) => RunAsync("nsenter", ["--target", $"{Pid}", "--net", "--mount", "--pid", .. command]);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (File.Exists(Program))
            {
                // Control groups outlive processes.
                await PodmanAsync("pod", "rm", "--all", "--force", "--time", "0");
            }
        }
        finally
        {
            if (_box is not null)
            {
                _box.StandardInput.Close();
                await _box.WaitForExitAsync();
                _box.Dispose();
                RemoveGroups();
            }

            _temp.Dispose();
        }
    }

    private async Task StartAsync()
    {
        ProcessStartInfo start = new(
            "unshare", ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "/bin/sh", "-c", "mount -t tmpfs tmpfs /run && ip link set lo up && echo up && cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        _box = Process.Start(start)!;
        var said = await _box.StandardOutput.ReadLineAsync().WaitAsync(Limit, TimeProvider.System);
        if (said != "up")
        {
            throw new InvalidOperationException("The namespaces for podman can't be made; see above. These tests run as root.");
        }

        var children = await File.ReadAllTextAsync($"/proc/{_box.Id}/task/{_box.Id}/children");
        Pid = int.Parse(children.Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }

    // What podman leaves of its control groups, where no other podman has any.
    private static void RemoveGroups()
    {
        foreach (var folder in Directory.GetDirectories("/sys/fs/cgroup").Prepend("/sys/fs/cgroup").Select(f => Path.Combine(f, "libpod_parent")).Where(Directory.Exists))
        {
            try
            {
                Directory.GetDirectories(folder).ToList().ForEach(Directory.Delete);
                Directory.Delete(folder);
            }
            catch (IOException)
            {
                // In use, and so not this one's.
            }
        }
    }

    private async Task WriteAsync(string name, string text)
    {
        await File.WriteAllTextAsync(_temp.File(name), text);
        File.SetUnixFileMode(_temp.File(name), (UnixFileMode)0b111_101_101);
    }

    private async Task<string> RunAsync(string program, string[] arguments)
    {
        var result = await _commands.RunAsync(program, arguments, Limit, CancellationToken.None);
        return result.Succeeded ? result.Output.Trim() : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {result.Said}");
    }
}
