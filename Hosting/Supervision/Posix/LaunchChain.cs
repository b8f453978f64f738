namespace Stack.Hosting.Supervision.Posix;

/// <summary>
/// Puts programs before the child that set what can't be set from outside, each replacing itself by the next, so that the process id stays. Only those that are needed.
/// </summary>
internal static class LaunchChain
{
    private const string SearchPath = "/usr/bin:/bin:/usr/local/bin";

    /// <summary>The command line to start, program first.</summary>
    /// <param name="checkedLaunch">The launch, looked at.</param>
    /// <param name="tie">Signal at the AppHost's death, with the AppHost's process and the thread of it that starts the child; null: none.</param>
    public static IReadOnlyList<string> Build(CheckedLaunch checkedLaunch, (int Signal, int Supervisor, int Spawner)? tie)
    {
        var (request, program, account) = checkedLaunch;
        List<string> chain = [.. Score(request.Settings), .. Limits(request.Settings), .. Privileges(request, account, tie?.Signal)];
        if (tie is { } guarded)
        {
            chain.AddRange(Guard(request, guarded.Supervisor, guarded.Spawner, userChanges: account is not null));
        }

        return chain.Count > 0 && program.Contains('=', StringComparison.Ordinal)
            ? throw new LaunchException($"The path '{program}' has a '=' in it, which the programs that apply its settings take for a variable. Rename it.", Libc.InvalidArgument, isPermanent: true)
            : [.. chain, program, .. request.Arguments];
    }

    private static IEnumerable<string> Score(ProcessSettings settings)
        => settings.OutOfMemoryScore is { } score ? [FindTool("choom", "set OutOfMemoryScore"), "-n", $"{score}", "--"] : [];

    // Before the user changes: root may raise them.
    private static IEnumerable<string> Limits(ProcessSettings settings)
        => settings.Limits.Count == 0 ? [] : [FindTool("prlimit", "set Limits"), .. settings.Limits.Select(l => $"--{l.Key}={l.Value}"), "--"];

    // In one call: a signal at the parent's death that was set before the user changes is lost with that.
    private static IEnumerable<string> Privileges(LaunchRequest request, Account? account, int? deathSignal)
    {
        List<string> options = [];
        if (account is not null)
        {
            options.AddRange(["--reuid", $"{account.User}", "--regid", $"{account.Group}"]);
            options.AddRange(account.Groups.Count == 0 ? ["--clear-groups"] : ["--groups", string.Join(',', account.Groups)]);
        }

        if (request.Settings.NoNewPrivileges ?? account is not null)
        {
            options.Add("--no-new-privs");
        }

        if (deathSignal is { } signal)
        {
            options.AddRange(["--pdeathsig", SignalNames.Find(signal) ?? throw new LaunchException($"Signal {signal} can't be sent at the AppHost's death: it has no name here.", Libc.InvalidArgument, isPermanent: true)]);
        }

        var purpose = account is not null ? $"run it as user '{account.Name}'" : deathSignal is not null ? "end it together with the AppHost" : "set NoNewPrivileges";
        return options.Count == 0 ? [] : [FindTool("setpriv", purpose), .. options, "--"];
    }

    // The signal is armed by the child itself, and the AppHost may be gone before that. So env then enters the working directory by way of the
    // spawning thread in /proc: that works only while the thread lives, and from here on its death is signalled; else env ends with 125.
    // A shell that compares its parent's id would do for this, but shells drop variables whose names are not theirs (services__my-app__http__0).
    // Another user may not follow the thread's links, so for that one the way goes in and out of its folder.
    private static IEnumerable<string> Guard(LaunchRequest request, int supervisor, int spawner, bool userChanges)
        => [FindTool("env", "end it together with the AppHost"), "-C", $"/proc/{supervisor}/task/{spawner}{(userChanges ? "/../../../.." : "/root")}{Path.GetFullPath(request.WorkingDirectory)}"];

    private static string FindTool(string name, string purpose)
    {
        var path = $"{Environment.GetEnvironmentVariable("PATH")}:{SearchPath}";
        return path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new LaunchException($"The program '{name}' is needed to {purpose}. Install the package {(name == "env" ? "coreutils" : "util-linux")}.", Libc.NoEntry, isPermanent: true);
    }
}
