using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Supervision;

namespace Testing;

/// <summary>A whole supervising process in little, for tests that kill it: runs so many replicas of a program in development's way and prints the id of each.</summary>
public static class MiniHost
{
    /// <summary>Chooses the launcher, as Stack:Launcher does.</summary>
    public const string LauncherVariable = "MINI_LAUNCHER";

    /// <summary>The user that the replicas run as.</summary>
    public const string UserVariable = "MINI_USER";

    /// <param name="args">State folder, number of replicas, then the program of each and its arguments.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        using var ignored = System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGINT,
            context =>
            {
                context.Cancel = true;
                Console.WriteLine("interrupted");
            });
        var state = args[0];
        var launcher = Launchers.Create(NullLoggerFactory.Instance, Environment.GetEnvironmentVariable(LauncherVariable));
        var seen = new HashSet<int>();
        var supervisors = Enumerable.Range(0, int.Parse(args[1])).Select(index => new InstanceSupervisor(
            new InstanceSpec
            {
                Name = $"mini-{index}",
                Index = index,
                Restart = new RestartSettings { Mode = RestartMode.Always },
                CreateLaunch = (generation, _) => Task.FromResult(new LaunchRequest
                {
                    FileName = args[2],
                    Arguments = args[3..],
                    WorkingDirectory = state,
                    LogFile = Path.Combine(state, $"mini-{index}.log"),
                    ParentDeathSignal = SignalNames.Kill,
                    Settings = new ProcessSettings { User = Environment.GetEnvironmentVariable(UserVariable) },
                    Environment = new Dictionary<string, string>(ActorProgram.Environment, StringComparer.Ordinal)
                    {
                        ["STACK_STATE"] = state,
                        ["STACK_INSTANCE"] = $"mini-{index}",
                        ["STACK_GENERATION"] = $"{generation}",
                    },
                }),
            },
            launcher,
            new ScriptedGate(),
            new InstanceProber(),
            TimeProvider.System,
            NullLogger.Instance,
            snapshot =>
            {
                lock (seen)
                {
                    if (snapshot.Pid is { } pid && seen.Add(pid))
                    {
                        Console.WriteLine(pid);
                    }
                }
            })).ToList();
        await Task.WhenAll(supervisors.Select(s => s.StartAsync(CancellationToken.None)));
        Console.WriteLine("all");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        return 0;
    }
}
