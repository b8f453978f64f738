using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Supervision.Peers;

/// <summary>pm2, in fork mode, with a home of its own.</summary>
internal sealed class Pm2Peer : Peer
{
    private readonly string _pm2;

    /// <param name="bench">The run.</param>
    /// <param name="pm2">Path of pm2; null: from the PATH, else installed into the run's folder.</param>
    public Pm2Peer(Bench bench, string? pm2)
        : base(bench)
    {
        if (!Tools.Has("node"))
        {
            throw new BenchmarkException("pm2 needs node, which is not on the PATH. Install it (Debian: apt-get install nodejs npm), or leave pm2 out: --peers stack,supervisord.");
        }

        _pm2 = pm2 ?? (Tools.Has("pm2") ? "pm2" : Install());
        Version = $"pm2 {bench.Run("node", "-p", $"require('{PackageFile()}').version").Trim()} on Node.js {bench.Run("node", "--version").Trim()}";
    }

    public override string Name => "pm2";

    public override string Version { get; }

    public override Session Start(Job job)
    {
        var home = Directory.CreateDirectory(Path.Combine(job.Folder, "pm2")).FullName;
        var logs = Directory.CreateDirectory(Path.Combine(job.Folder, "logs")).FullName;
        var ecosystem = Path.Combine(job.Folder, "ecosystem.json");
        File.WriteAllText(ecosystem, JsonSerializer.Serialize(new { apps = job.Workloads.Select(w => Describe(w, job, logs)) }));
        return new Pm2Session(Bench, Bench.Now, logs, _pm2, home, ecosystem);
    }

    private object Describe(Workload workload, Job job, string logs)
    {
        var command = Command(workload);
        return new
        {
            name = workload.Name,
            script = command[0],
            args = command.Skip(1),
            interpreter = "none",
            exec_mode = "fork",
            instances = workload.Replicas,
            increment_var = "PORT",
            env = new { PORT = workload.FirstPort },
            kill_timeout = job.Grace * 1000,
            out_file = $"{logs}/program-{workload.Name}.log",
            error_file = $"{logs}/program-{workload.Name}.log",
        };
    }

    private string Install()
    {
        if (!Tools.Has("npm"))
        {
            throw new BenchmarkException("pm2 is not on the PATH, and there is no npm to install it with. Install npm, give --pm2 PATH, or leave pm2 out: --peers stack,supervisord.");
        }

        Console.Error.WriteLine("pm2 is not on the PATH: installing it into the temporary folder of this run, with npm.");
        var prefix = Path.Combine(Bench.Folder, "npm");
        Bench.Run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", prefix, "pm2");
        return Path.Combine(prefix, "node_modules/.bin/pm2");
    }

    private string PackageFile()
    {
        var program = new FileInfo(Tools.Find(_pm2) ?? throw new BenchmarkException($"There is no pm2 at '{_pm2}'."));
        var real = program.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? program.FullName;
        return Path.GetFullPath(Path.Combine(Path.GetDirectoryName(real)!, "../package.json"));
    }
}

/// <summary>A running pm2 daemon, commanded with pm2.</summary>
internal sealed class Pm2Session : Session
{
    private readonly string _pm2;
    private readonly string _home;
    private readonly Dictionary<string, string> _environment;
    private readonly Process _start;

    public Pm2Session(Bench bench, long started, string logs, string pm2, string home, string ecosystem)
        : base(bench, started, logs)
    {
        _pm2 = pm2;
        _home = home;
        _environment = new(StringComparer.Ordinal) { ["PM2_HOME"] = home, ["PM2_DISCRETE_MODE"] = "true" };
        _start = Call("start", ecosystem);
    }

    public override LinuxProcess Supervisor => new(int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture));

    private string PidFile => Path.Combine(_home, "pm2.pid");

    public override void Stop()
    {
        _start.WaitForExit();
        var daemon = Supervisor;
        CallToEnd("kill");
        Bench.Until(() => !daemon.IsAlive, Bench.Now, 60, "end of pm2's daemon");
    }

    public override void Restart(string program)
    {
        _start.WaitForExit();
        CallToEnd("reload", program);
    }

    public override IDisposable Follow(Workload workload, Action<int> read)
    {
        _start.WaitForExit();
        return new Follower(read, _environment, _pm2, "logs", workload.Name, "--raw", "--lines", "0");
    }

    protected override void End()
    {
        _start.Kill();
        _start.WaitForExit();
        _start.Dispose();
        if (File.Exists(PidFile))
        {
            Supervisor.Kill();
        }
    }

    private Process Call(params string[] arguments) => Bench.Spawn(Path.Combine(_home, "commands.log"), _environment, [_pm2, .. arguments]);

    private void CallToEnd(params string[] arguments)
    {
        using var process = Call(arguments);
        process.WaitForExit();
    }
}
