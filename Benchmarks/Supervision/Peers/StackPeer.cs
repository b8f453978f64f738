using System.Diagnostics;
using System.Net.Sockets;
using Stack.Hosting.Control.Contract;

namespace Supervision.Peers;

/// <summary>Stack: the AppHost beside this project, built in the same configuration, as a process of its own.</summary>
internal sealed class StackPeer(Bench bench) : Peer(bench)
{
    private static readonly string AppHost = AppContext.BaseDirectory.Replace("/Benchmarks/Supervision/", "/Benchmarks/Supervision.AppHost/", StringComparison.Ordinal) + "Supervision.AppHost.dll";

    public override string Name => "Stack";

    public override string Version => $"Stack {typeof(StackPeer).Assembly.GetName().Version?.ToString(3)} on .NET {Environment.Version}";

    public override Session Start(Job job)
    {
        // A folder of its own for its sockets, also as a production host.
        var app = $"benchmark-{Environment.ProcessId}";
        var state = Path.Combine(job.Folder, "state");
        var run = Path.Combine(Bench.Folder, "run");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DOTNET_ENVIRONMENT"] = job.Development ? "Development" : "Production",
            ["XDG_RUNTIME_DIR"] = Directory.CreateDirectory(run).FullName,
        };
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", run);
        var started = Bench.Now;
        var process = Bench.Spawn(Path.Combine(job.Folder, "apphost.log"), environment, ["dotnet", AppHost, $"--Stack:State={state}", $"--Stack:AppName={app}", .. Arguments(job)]);
        return new StackSession(Bench, started, process, Path.Combine(state, "logs"), RunFolders(app, state, job.Development));
    }

    private IEnumerable<string> Arguments(Job job)
    {
        foreach (var (index, workload) in job.Workloads.Index())
        {
            var prefix = $"--Programs:{index}";
            yield return $"{prefix}:Name={workload.Name}";
            yield return $"{prefix}:Path={(workload.IsSite ? Bench.Site : Bench.Tiny)}";
            yield return $"{prefix}:FirstPort={workload.FirstPort}";
            yield return $"{prefix}:Replicas={workload.Replicas}";
            yield return $"{prefix}:HealthPath={workload.HealthPath}";
            yield return $"{prefix}:StopWaitSecs={TimeSpan.FromSeconds(job.Grace)}";
            foreach (var (number, argument) in workload.Arguments.Index())
            {
                yield return $"{prefix}:Arguments:{number}={argument}";
            }
        }
    }

    // A production host that may not write below /run takes the other place.
    private static string[] RunFolders(string app, string state, bool development)
        => development ? [RunFolder.Development(app, state)] : [RunFolder.Production(app), RunFolder.Development(app, state)];
}

/// <summary>A running AppHost, commanded at its control socket.</summary>
internal sealed class StackSession(Bench bench, long started, Process process, string logs, string[] runFolders) : Session(bench, started, logs)
{
    public override LinuxProcess Supervisor => new(process.Id);

    /// <summary>True when the control socket answers.</summary>
    public bool Answers()
    {
        try
        {
            using var client = Client();
            return client.GetAsync("/v1/status", Bench.Cancelled).GetAwaiter().GetResult().IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public override void Stop()
    {
        Supervisor.Terminate();
        process.WaitForExit();
    }

    public override void Restart(string program)
    {
        using var client = Client();
        using var answer = client.PostAsync($"/v1/{program}/restart", null, Bench.Cancelled).GetAwaiter().GetResult();
        if (!answer.IsSuccessStatusCode)
        {
            throw new BenchmarkException($"restart: {answer.Content.ReadAsStringAsync(Bench.Cancelled).GetAwaiter().GetResult()}");
        }
    }

    public override IDisposable Follow(Workload workload, Action<int> read)
    {
        var client = Client();
        var stream = client.GetStreamAsync($"/v1/logs/{workload.Name}-{workload.FirstPort}?follow=true", Bench.Cancelled).GetAwaiter().GetResult();
        var reader = new Thread(() => Follower.Read(stream, read));
        reader.Start();
        return new Reading(client, stream, reader);
    }

    protected override void End()
    {
        Supervisor.Kill();
        process.WaitForExit();
        process.Dispose();
        foreach (var folder in runFolders.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private HttpClient Client() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            var path = runFolders.Select(RunFolder.ControlSocket).FirstOrDefault(File.Exists) ?? RunFolder.ControlSocket(runFolders[0]);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://stack"),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private sealed class Reading(HttpClient client, Stream stream, Thread reader) : IDisposable
    {
        public void Dispose()
        {
            stream.Dispose();
            client.Dispose();
            reader.Join();
        }
    }
}
