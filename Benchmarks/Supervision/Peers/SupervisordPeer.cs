using System.Diagnostics;
using System.Text;

namespace Supervision.Peers;

/// <summary>supervisord, with a configuration of its own.</summary>
internal sealed class SupervisordPeer : Peer
{
    public SupervisordPeer(Bench bench)
        : base(bench)
    {
        if (!Tools.Has("supervisord") || !Tools.Has("supervisorctl"))
        {
            throw new BenchmarkException("supervisord is not on the PATH. Install it (Debian: apt-get install supervisor; its own service is not needed), or leave it out: --peers stack,pm2.");
        }

        Version = $"supervisord {bench.Run("supervisord", "--version").Trim()} on {bench.Run("python3", "--version").Trim()}";
    }

    public override string Name => "supervisord";

    public override string Version { get; }

    public override Session Start(Job job)
    {
        var configuration = Path.Combine(job.Folder, "supervisord.conf");
        var logs = Directory.CreateDirectory(Path.Combine(job.Folder, "logs")).FullName;
        File.WriteAllText(configuration, Configure(job, logs));
        var started = Bench.Now;
        var process = Bench.Spawn(Path.Combine(job.Folder, "supervisord.out"), new Dictionary<string, string>(), "supervisord", "-n", "-c", configuration);
        return new SupervisordSession(Bench, started, process, logs, configuration);
    }

    private string Configure(Job job, string logs)
    {
        var text = new StringBuilder($"""
            [unix_http_server]
            file={job.Folder}/s.sock
            [rpcinterface:supervisor]
            supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
            [supervisorctl]
            serverurl=unix://{job.Folder}/s.sock
            [supervisord]
            logfile={job.Folder}/supervisord.log
            pidfile={job.Folder}/supervisord.pid

            """);
        foreach (var workload in job.Workloads)
        {
            text.Append($"""
                [program:{workload.Name}]
                command={CommandLine(workload)}
                process_name=%(program_name)s-%(process_num)d
                numprocs={workload.Replicas}
                numprocs_start={workload.FirstPort}
                environment=PORT="%(process_num)d"
                autorestart=true
                startsecs=1
                stopwaitsecs={job.Grace}
                redirect_stderr=true
                stdout_logfile={logs}/program-%(process_num)d.log

                """);
        }

        return text.ToString();
    }

    private string CommandLine(Workload workload) => string.Join(' ', Command(workload).Select(w => w.Contains(' ') ? $"'{w}'" : w));
}

/// <summary>A running supervisord, commanded with supervisorctl.</summary>
internal sealed class SupervisordSession(Bench bench, long started, Process process, string logs, string configuration) : Session(bench, started, logs)
{
    public override LinuxProcess Supervisor => new(process.Id);

    public override void Stop()
    {
        Supervisor.Terminate();
        process.WaitForExit();
    }

    public override void Restart(string program) => Bench.Run("supervisorctl", "-c", configuration, "restart", $"{program}:*");

    public override IDisposable Follow(Workload workload, Action<int> read)
        => new Follower(read, new Dictionary<string, string>(), "supervisorctl", "-c", configuration, "tail", "-f", $"{workload.Name}:{workload.Name}-{workload.FirstPort}");

    protected override void End()
    {
        Supervisor.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
