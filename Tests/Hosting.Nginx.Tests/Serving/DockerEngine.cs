using System.Diagnostics;
using System.Formats.Tar;
using Stack.Hosting.Supervision.Commands;

[assembly: AssemblyFixture(typeof(Stack.Hosting.Nginx.Tests.Serving.DockerEngine))]

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>A docker engine of the tests' own, with an image made of this machine's nginx; started when the first test asks for it.</summary>
public sealed class DockerEngine : IAsyncDisposable
{
    /// <summary>The tag says another version than the image holds, as has been seen.</summary>
    public const string Image = "stack-test/nginx:1.28";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly SemaphoreSlim _lock = new(1);
    private TempFolder? _temp;
    private Process? _daemon;

    /// <summary>Starts the engine, if it does not run yet, and lets the docker commands of this process talk to it.</summary>
    public async Task UseAsync()
    {
        await _lock.WaitAsync();
        try
        {
            if (_daemon is null)
            {
                await StartAsync();
                await MakeImageAsync();
            }
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>Runs a docker command.</summary>
    public static async Task<string> DockerAsync(params string[] arguments)
    {
        var result = await new CommandRunner(TimeProvider.System).RunAsync("docker", arguments, Limit, CancellationToken.None);
        return result.Succeeded ? result.Output.Trim() : throw new InvalidOperationException($"docker {string.Join(' ', arguments)}: {result.Said}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            Signals.Send(_daemon.Id, Signals.Term);
            await _daemon.WaitForExitAsync();
            _daemon.Dispose();
            await UnmountAsync();
        }

        _temp?.Dispose();
        _lock.Dispose();
    }

    private async Task StartAsync()
    {
        _temp = new TempFolder();
        var socket = Path.Combine(_temp.Path, "docker.sock");
        ProcessStartInfo start = new("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in new[]
        {
            "-c", "log=$1; shift; exec dockerd \"$@\" >\"$log\" 2>&1", "sh", Path.Combine(_temp.Path, "log"),
            "--bridge=none", "--iptables=false", "--ip6tables=false", "--storage-driver=vfs",
            "--data-root", Path.Combine(_temp.Path, "data"), "--exec-root", Path.Combine(_temp.Path, "exec"),
            "--pidfile", Path.Combine(_temp.Path, "pid"), "-H", $"unix://{socket}",
        })
        {
            start.ArgumentList.Add(argument);
        }

        _daemon = Process.Start(start)!;
        Environment.SetEnvironmentVariable("DOCKER_HOST", $"unix://{socket}");
        var started = TimeProvider.System.GetTimestamp();
        CommandRunner commands = new(TimeProvider.System);
        while (!(await commands.RunAsync("docker", ["info"], TimeSpan.FromSeconds(5), CancellationToken.None)).Succeeded)
        {
            if (_daemon.HasExited || TimeProvider.System.GetElapsedTime(started) > Limit)
            {
                throw new InvalidOperationException($"The docker engine does not start: {await File.ReadAllTextAsync(Path.Combine(_temp.Path, "log"))}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>From nothing but this machine's files: the executable, the libraries it needs, and the names of users.</summary>
    private async Task MakeImageAsync()
    {
        var archive = Path.Combine(_temp!.Path, "image.tar");
        var libraries = await new CommandRunner(TimeProvider.System).RunAsync("ldd", [Installed.Executable], Limit, CancellationToken.None);
        var files = libraries.Output.Split([' ', '\t', '\n']).Where(word => word.StartsWith('/')).Append("/etc/passwd").Append("/etc/group").Distinct();
        await using (TarWriter tar = new(File.Create(archive)))
        {
            foreach (var file in files)
            {
                await tar.WriteEntryAsync(Real(file), file[1..]);
            }

            await tar.WriteEntryAsync(Real(Installed.Executable), "usr/sbin/nginx");
        }

        await DockerAsync("import", "--change", "ENV PATH=/usr/sbin", archive, Image);
    }

    /// <summary>The engine leaves the mount of the host's network namespace behind.</summary>
    private async Task UnmountAsync()
    {
        foreach (var mount in (await File.ReadAllLinesAsync("/proc/self/mounts")).Select(line => line.Split(' ')[1]).Where(mount => mount.StartsWith(_temp!.Path, StringComparison.Ordinal)))
        {
            await new CommandRunner(TimeProvider.System).RunAsync("umount", [mount], Limit, CancellationToken.None);
        }
    }

    private static string Real(string file) => File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
}
