namespace Stack.Hosting.Supervision.Posix;

/// <summary>
/// Puts programs before the child that set what posix_spawn can't, each replacing itself by the next, so that the process id stays.
/// </summary>
internal static class LaunchChain
{
    private const string SearchPath = "/usr/bin:/bin:/usr/local/bin";

    /// <summary>The command line to spawn, program first.</summary>
    /// <param name="program">Full path of the child's program.</param>
    /// <param name="request">The launch.</param>
    /// <param name="supervisor">Our process id.</param>
    /// <param name="spawner">Kernel's id of the thread that spawns.</param>
    public static IReadOnlyList<string> Build(string program, LaunchRequest request, int supervisor, int spawner)
    {
        if (request.ParentDeathSignal is not { } signal)
        {
            return [program, .. request.Arguments];
        }

        var setpriv = FindTool("setpriv", "util-linux", $"end '{program}' together with the AppHost");
        var env = FindTool("env", "coreutils", $"end '{program}' together with the AppHost");

        // The signal is armed by the child itself, and the AppHost may be gone before that. So env then enters the working directory by way of the
        // spawning thread in /proc: that works only while the thread lives, and from here on its death is signalled; else env ends with 125.
        // A shell that compares its parent's id would do for this, but shells drop variables whose names are not theirs (services__my-app__http__0).
        return
        [
            setpriv, "--pdeathsig", SignalNames.Find(signal) ?? throw new LaunchException($"Signal {signal} can't be sent at the AppHost's death: it has no name here.", Libc.InvalidArgument, isPermanent: true),
            "--", env, "-C", $"/proc/{supervisor}/task/{spawner}/root{Path.GetFullPath(request.WorkingDirectory)}", program, .. request.Arguments,
        ];
    }

    private static string FindTool(string name, string package, string purpose)
    {
        var path = $"{Environment.GetEnvironmentVariable("PATH")}:{SearchPath}";
        return path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new LaunchException($"The program '{name}' is needed to {purpose}. Install the package {package}.", Libc.NoEntry, isPermanent: true);
    }
}
