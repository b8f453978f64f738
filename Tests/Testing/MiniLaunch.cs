using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;

namespace Testing;

/// <summary>One launcher in a process of its own, for tests about what that process was started with: prints how each launch ended or why it failed.</summary>
public static class MiniLaunch
{
    private const int ProcessLimit = 6;
    private static readonly TimeSpan SoonReaped = TimeSpan.FromMilliseconds(200);

    /// <param name="args">What to do, launcher, log file, user ("-": the same), then program and arguments.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var launcher = Launchers.Create(NullLoggerFactory.Instance, args[1]);
        var request = new LaunchRequest
        {
            FileName = args[4],
            Arguments = args[5..],
            WorkingDirectory = "/",
            Environment = ActorProgram.Environment,
            LogFile = args[2],
            Settings = new ProcessSettings { User = args[3] == "-" ? null : args[3] },
        };
        switch (args[0])
        {
            case "once":
                await LaunchAsync(launcher, request);
                await ForeignAsync();
                break;

            case "many": // beside children of the runtime's own kind
                await ForeignAsync();
                for (var round = 0; round < 10; round++)
                {
                    await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => LaunchAsync(launcher, request)));
                }

                break;

            case "full": // no descriptor left, then some again
                List<FileStream> held = [];
                await LaunchAsync(launcher, request);
                await Task.Delay(SoonReaped, TimeProvider.System);
                Fill(held);
                await LaunchAsync(launcher, request);
                held.ForEach(h => h.Dispose());
                await LaunchAsync(launcher, request);
                break;

            case "crowded": // no further process allowed, then some again
                await LaunchAsync(launcher, request);
                await WithLimitAsync(1, () => LaunchAsync(launcher, request));
                await LaunchAsync(launcher, request);
                break;

            case "subreaper":
                await ReapAsync(launcher, request);
                break;

            default:
                Console.WriteLine($"can't play '{args[0]}'");
                return 2;
        }

        return 0;
    }

    private static async Task LaunchAsync(IProcessLauncher launcher, LaunchRequest request)
    {
        try
        {
            var process = await launcher.LaunchAsync(request, CancellationToken.None);
            Console.WriteLine((await process.Exited.Within()).Describe());
        }
        catch (LaunchException e)
        {
            Console.WriteLine($"{(e.IsPermanent ? "permanent" : "transient")} {e.Errno}: {e.Message}");
        }
    }

    // A child of the runtime's own kind, beside the launcher's.
    private static async Task ForeignAsync()
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exit 4"]) { UseShellExecute = false })!;
        await process.WaitForExitAsync().Within();
        Console.WriteLine($"foreign {process.ExitCode}");
    }

    private static void Fill(List<FileStream> held)
    {
        try
        {
            while (true)
            {
                held.Add(File.OpenRead("/dev/null"));
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task WithLimitAsync(ulong soft, Func<Task> action)
    {
        ulong[] before = new ulong[2];
        _ = GetLimit(ProcessLimit, before);
        _ = SetLimit(ProcessLimit, [soft, before[1]]);
        await action();
        _ = SetLimit(ProcessLimit, before);
    }

    private static async Task ReapAsync(IProcessLauncher launcher, LaunchRequest request)
    {
        const int setSubreaper = 36;
        _ = Libc.ProcessControl(setSubreaper, 1, 0, 0, 0);
        using var reaper = new StrangerReaper(TimeProvider.System, NullLogger<StrangerReaper>.Instance) { Period = SoonReaped };
        await reaper.StartAsync(CancellationToken.None);

        // Its grandchild becomes a child of this process.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sleep 0.1 & echo orphan $!; exit 4"]) { UseShellExecute = false })!;
        await process.WaitForExitAsync().Within();
        Console.WriteLine($"foreign {process.ExitCode}");
        await Wait.Until(HasZombie);
        await Wait.Until(() => !HasZombie());
        Console.WriteLine("reaped");
        await LaunchAsync(launcher, request);
        await reaper.StopAsync(CancellationToken.None);
    }

    private static bool HasZombie() => ProcessTable.All().Any(p => p.State == 'Z' && p.Parent == Environment.ProcessId);

    [DllImport("libc", EntryPoint = "getrlimit")]
    private static extern int GetLimit(int resource, [Out] ulong[] limits);

    [DllImport("libc", EntryPoint = "setrlimit")]
    private static extern int SetLimit(int resource, ulong[] limits);
}
