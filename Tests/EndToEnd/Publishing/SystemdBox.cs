using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EndToEnd.Publishing;

/// <summary>A machine for one test: this one's files with a layer of its own above, booted by systemd in namespaces of its own, so that its ports are nobody else's.</summary>
internal sealed partial class SystemdBox : IAsyncDisposable
{
    private const int NetworkNamespace = 0x40000000;
    private static readonly TimeSpan BootLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);
    private static readonly string[] NotForABox = ["systemd-networkd", "systemd-resolved", "systemd-timesyncd", "systemd-logind", "systemd-udevd", "apparmor"];

    private readonly string _folder = Directory.CreateTempSubdirectory("stack-box-").FullName;
    private readonly Process _container;
    private int _leader;

    private SystemdBox()
    {
        foreach (var part in new[] { "upper", "work", "root" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, part));
        }

        // It is the machine's root for all users in there.
        File.SetUnixFileMode(Path.Combine(_folder, "upper"), File.GetUnixFileMode("/"));
        Machine("mount", "-t", "overlay", "overlay", "-o", $"lowerdir=/,upperdir={_folder}/upper,workdir={_folder}/work", Root);
        Prepare();
        _container = Process.Start(new ProcessStartInfo("systemd-nspawn", ["-q", "-D", Root, "--boot", "--register=no", "--keep-unit", "--private-network", "--console=pipe", "--link-journal=no", "--", "--unit=box.target"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _container.OutputDataReceived += (_, _) => { };
        _container.ErrorDataReceived += (_, _) => { };
        _container.BeginOutputReadLine();
        _container.BeginErrorReadLine();
    }

    /// <summary>Where its files are, seen from outside.</summary>
    public string Root => Path.Combine(_folder, "root");

    public static async Task<SystemdBox> BootAsync()
    {
        SystemdBox box = new();
        try
        {
            await Eventually.TrueAsync(box.IsUpAsync, BootLimit, () => Task.FromResult("the box did not boot"));
            return box;
        }
        catch
        {
            await box.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a line of shell in the box, as root.</summary>
    public Task<CommandResult> RunAsync(string line) => Commands.RunAsync(
        "nsenter",
        ["-t", $"{_leader}", "-m", "-u", "-i", "-n", "-p", "--", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "/bin/bash", "-c", line],
        new Dictionary<string, string>(), Limit);

    /// <summary>What a line prints that must go well.</summary>
    public async Task<string> ReadAsync(string line)
    {
        var result = await RunAsync(line);
        result.ExitCode.ShouldBe(0, $"{line}: {result.All}");
        return result.Output.TrimEnd('\n');
    }

    /// <summary>A client whose connections are made inside of the box.</summary>
    public HttpClient Client(string address) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint.Port, cancellationToken),
    })
    {
        BaseAddress = new Uri(address),
        Timeout = TimeSpan.FromSeconds(60),
    };

    public async ValueTask DisposeAsync()
    {
        if (_leader != 0)
        {
            // It complains about logind, which is not there, and does it.
            await RunAsync("systemctl poweroff");
        }

        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(45));
            await _container.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _container.Kill(entireProcessTree: true);
            await _container.WaitForExitAsync();
        }

        _container.Dispose();
        Machine("umount", Root);
        Directory.Delete(_folder, recursive: true);
    }

    private static void Machine(string file, params string[] args)
    {
        using var process = Process.Start(file, args);
        process.WaitForExit(TimeSpan.FromSeconds(30)).ShouldBeTrue($"{file} did not end");
        process.ExitCode.ShouldBe(0, $"{file} {string.Join(' ', args)}");
    }

    private void Prepare()
    {
        var units = Path.Combine(Root, "etc/systemd/system");
        foreach (var service in NotForABox)
        {
            var unit = Path.Combine(units, $"{service}.service");
            File.Delete(unit);
            File.CreateSymbolicLink(unit, "/dev/null");
        }

        File.WriteAllText(Path.Combine(units, "box.target"), "[Unit]\nRequires=basic.target\nAfter=basic.target\nWants=dbus.service\nAllowIsolate=yes\n");
        foreach (var site in Directory.GetFiles(Path.Combine(Root, "etc/nginx/sites-enabled")).Concat(Directory.GetFiles(Path.Combine(Root, "etc/nginx/conf.d"))))
        {
            File.Delete(site);
        }
    }

    private async Task<bool> IsUpAsync()
    {
        _container.HasExited.ShouldBeFalse("systemd-nspawn has ended");
        // The first child only makes the one that stays.
        var children = (await File.ReadAllTextAsync($"/proc/{_container.Id}/task/{_container.Id}/children")).Trim();
        if (children.Length == 0)
        {
            return false;
        }

        _leader = int.Parse(children.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        return (await RunAsync("systemctl is-active box.target")).Output.Trim() == "active";
    }

    // A socket belongs to the network that its thread was in when it was made. The thread ends with it, so nothing else gets in there.
    private Task<Stream> ConnectCoreAsync(int port)
    {
        TaskCompletionSource<Stream> connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/proc/{_leader}/ns/net");
                if (SetNamespace(file, NetworkNamespace) != 0)
                {
                    throw new SocketException(Marshal.GetLastPInvokeError());
                }

                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Connect(System.Net.IPAddress.Loopback, port);
                connected.SetResult(new NetworkStream(socket, ownsSocket: true));
            }
            catch (Exception e)
            {
                connected.SetException(e);
            }
        })
        { IsBackground = true }.Start();
        return connected.Task;
    }

    private async ValueTask<Stream> ConnectAsync(int port, CancellationToken cancellationToken) => await ConnectCoreAsync(port).WaitAsync(cancellationToken);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);
}
