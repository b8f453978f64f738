using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>A prepared and started Nginx, in a process group of its own as under the supervisor.</summary>
internal sealed class RunningNginx : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TempFolder _temp;
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private RunningNginx(TempFolder temp, NginxLaunch launch, NginxRequest request)
    {
        _temp = temp;
        Launch = launch;
        Request = request;
        Client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, SslOptions = { RemoteCertificateValidationCallback = TestCertificate.Accept } })
        {
            BaseAddress = new Uri($"{(request.Options.Tls is null ? "http" : "https")}://127.0.0.1:{Port}"),
            Timeout = Limit,
        };
        ProcessStartInfo start = new("setsid") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        start.ArgumentList.Add(launch.FileName);
        foreach (var argument in launch.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += Collect;
        _process.ErrorDataReceived += Collect;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public NginxLaunch Launch { get; }

    public NginxRequest Request { get; }

    public int Port => Request.Port;

    /// <summary>Where its files are.</summary>
    public string Folder => Path.Combine(_temp.Path, "state", "nginx");

    public HttpClient Client { get; }

    public string AdminSocket => Path.Combine(_temp.Path, "admin.sock");

    /// <summary>The folder of the files that steer it.</summary>
    public string Flags => Path.Combine(_temp.Path, "state", "nginx", NginxNames.FlagFolder);

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static async Task<RunningNginx> StartAsync(NginxRuntime runtime, IEnumerable<int> ports, Action<string>? edit = null, Func<NginxRequest, NginxRequest>? change = null)
    {
        TempFolder temp = new();
        try
        {
            var port = FreePort();
            var source = CopyOfSources(temp);
            edit?.Invoke(source);
            NginxRequest request = new()
            {
                Name = "nginx",
                Port = port,
                Upstreams = [new UpstreamPlan("site", [.. ports.Select(upstream => new IPEndPoint(IPAddress.Loopback, upstream))])],
                Hosts = [new HostPlan(null, [new RoutePlan("/", "site")])],
                AdminSocket = Path.Combine(temp.Path, "admin.sock"),
                Folder = Path.Combine(temp.Path, "state", "nginx"),
                Source = source,
                Runtime = new RuntimeWish { Name = "nginx", Runtime = runtime, Image = DockerEngine.Image, Engine = "docker" },
                Timings = NginxTimings.Development,
            };
            request = change?.Invoke(request) ?? request;
            RunningNginx nginx = new(temp, await PrepareAsync(request), request);
            await nginx.WaitUntilReadyAsync();
            return nginx;
        }
        catch
        {
            temp.Dispose();
            throw;
        }
    }

    public static async Task<NginxLaunch> PrepareAsync(NginxRequest request)
    {
        CommandRunner commands = new(TimeProvider.System);
        RuntimeSelector selector = new(
            new EngineProbe(commands, NullLogger<EngineProbe>.Instance), commands, () => ExecutableSearch.Candidates(Environment.GetEnvironmentVariable("PATH"), ExecutableSearch.IsExecutable));
        return await new NginxPreparation(selector, commands, TimeProvider.System, NullLogger<NginxPreparation>.Instance)
            .PrepareAsync(request, TestContext.Current.CancellationToken);
    }

    public static string CopyOfSources(TempFolder temp)
    {
        Directory.CreateDirectory(Path.Combine(temp.Path, "source", "conf.d"));
        foreach (var (name, file) in HandWrittenFiles.Load(Sources.NginxFolder))
        {
            temp.Write(Path.Combine("source", name), Encoding.UTF8.GetString(file.Content));
        }

        return Path.Combine(temp.Path, "source");
    }

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Stops it as the supervisor does, and says how it ended.</summary>
    public async Task<int> StopAsync()
    {
        Signals.Send(-_process.Id, Signals.Quit);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TimeProvider.System, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>What the supervisor does when the grace is over.</summary>
    public async Task KillAsync()
    {
        Signals.Send(-_process.Id, Signals.Kill);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What the kernel does to the leader of the group when the AppHost is killed.</summary>
    public void SignalLeader(int signal) => Signals.Send(_process.Id, signal);

    public async Task WaitUntilPortIsClosedAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await IsListeningAsync())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Limit, $"port {Port} is still open; {Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            Signals.Send(-_process.Id, Signals.Kill);
            await _process.WaitForExitAsync();
        }

        await WaitUntilPortIsClosedAsync();
        _process.Dispose();
        _temp.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var response = await Client.GetAsync(NginxNames.HealthPath);
                response.StatusCode.ShouldBe(HttpStatusCode.OK);
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Limit, $"Nginx does not answer; {Output}");
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
            catch (HttpRequestException exception)
            {
                throw new InvalidOperationException($"Nginx ended with exit code {_process.ExitCode}: {Output}", exception);
            }
        }
    }

    private async Task<bool> IsListeningAsync()
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Collect(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
