using System.Diagnostics;
using Stack.Hosting.Supervision.Commands;

namespace Testing;

/// <summary>A docker engine of the tests' own, in a network namespace of its own so that it can have bridges. It has the image of tools.</summary>
public sealed class DockerEngine : IAsyncDisposable
{
    /// <summary>An image with a shell and a few tools.</summary>
    public const string Image = ToolsImage.Name;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly SemaphoreSlim _lock = new(1);
    private readonly CommandRunner _commands = new(TimeProvider.System);
    private TempFolder? _temp;
    private Process? _daemon;

    /// <summary>Process id of the engine, by which its network namespace is entered.</summary>
    public int Pid => _daemon?.Id ?? throw new InvalidOperationException("The engine does not run: call UseAsync.");

    /// <summary>Starts the engine, if it does not run yet, and lets the docker commands of this process talk to it.</summary>
    public async Task UseAsync()
    {
        await _lock.WaitAsync();
        try
        {
            if (_daemon is null)
            {
                await StartAsync();
                await ToolsImage.MakeAsync(DockerAsync);
            }
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>Runs a docker command.</summary>
    public async Task<string> DockerAsync(params string[] arguments) => await RunAsync("docker", arguments);

    /// <summary>Runs a program in the engine's network namespace.</summary>
    public Task<string> InNetworkAsync(params string[] command) => RunAsync("nsenter", ["--target", $"{Pid}", "--net", .. command]);

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            Environment.SetEnvironmentVariable("DOCKER_HOST", null);
            await _commands.RunAsync("kill", ["-TERM", $"{_daemon.Id}"], Limit, CancellationToken.None);
            await _daemon.WaitForExitAsync();
            _daemon.Dispose();
            foreach (var mount in (await File.ReadAllLinesAsync("/proc/self/mounts")).Select(line => line.Split(' ')[1]).Where(m => m.StartsWith(_temp!.Path, StringComparison.Ordinal)))
            {
                await _commands.RunAsync("umount", [mount], Limit, CancellationToken.None);
            }
        }

        _temp?.Dispose();
        _lock.Dispose();
    }

    private async Task<string> RunAsync(string program, string[] arguments)
    {
        var result = await _commands.RunAsync(program, arguments, Limit, CancellationToken.None);
        return result.Succeeded ? result.Output.Trim() : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {result.Said}");
    }

    private async Task StartAsync()
    {
        _temp = new TempFolder();
        var socket = _temp.File("docker.sock");
        ProcessStartInfo start = new("unshare") { RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in new[]
        {
            "--net", "/bin/sh", "-c", "ip link set lo up; log=$1; shift; exec dockerd \"$@\" >\"$log\" 2>&1", "sh", _temp.File("log"),
            "--data-root", _temp.File("data"), "--exec-root", _temp.File("exec"), "--pidfile", _temp.File("pid"), "-H", $"unix://{socket}",
        })
        {
            start.ArgumentList.Add(argument);
        }

        _daemon = Process.Start(start)!;
        Environment.SetEnvironmentVariable("DOCKER_HOST", $"unix://{socket}");
        var started = TimeProvider.System.GetTimestamp();
        while (!(await _commands.RunAsync("docker", ["info"], TimeSpan.FromSeconds(5), CancellationToken.None)).Succeeded)
        {
            if (_daemon.HasExited || TimeProvider.System.GetElapsedTime(started) > Limit)
            {
                throw new InvalidOperationException($"The docker engine does not start: {await File.ReadAllTextAsync(_temp.File("log"))}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
