namespace Stack.Hosting.Supervision;

/// <summary>Builds the chain of programs that ends in the wanted one, with the same pid: for what posix_spawn can't set by itself.</summary>
internal static class LaunchChain
{
    private const int ExecutableAccess = 1;

    /// <summary>What the guard exits with when the AppHost died before the parent-death signal was set.</summary>
    public const int OrphanExitCode = 125;

    private static readonly Dictionary<int, string> SignalNames = new() { [2] = "INT", [3] = "QUIT", [9] = "KILL", [15] = "TERM" };

    /// <exception cref="LaunchException">The program, its working directory or a link of the chain is missing; names it.</exception>
    public static IReadOnlyList<string> Build(LaunchRequest request)
    {
        if (!Directory.Exists(request.WorkingDirectory))
        {
            throw Missing($"the working directory '{request.WorkingDirectory}' does not exist", request);
        }

        var program = Resolve(request);
        if (request.ParentDeathSignal is not { } signal)
        {
            return [program, .. request.Arguments];
        }

        var setpriv = Find("setpriv", Environment.GetEnvironmentVariable("PATH"))
            ?? throw Missing("the tool 'setpriv' is missing, which ties a process to the life of the AppHost. Install the package util-linux", request);
        if (!SignalNames.TryGetValue(signal, out var name))
        {
            throw Missing($"{signal} is no parent-death signal. Use 2, 3, 9 or 15", request);
        }

        return
        [
            setpriv, "--pdeathsig", name, "/bin/sh", "-c", $"[ \"$PPID\" = \"$0\" ] || exit {OrphanExitCode}; exec \"$@\"",
            $"{Environment.ProcessId}", program, .. request.Arguments,
        ];
    }

    private static string Resolve(LaunchRequest request)
    {
        var file = request.FileName;
        if (!file.Contains('/'))
        {
            return Find(file, request.Environment.GetValueOrDefault("PATH") ?? Environment.GetEnvironmentVariable("PATH"))
                ?? throw Missing("it is not on PATH", request);
        }

        var path = Path.GetFullPath(file, request.WorkingDirectory);
        if (Directory.Exists(path))
        {
            throw Missing("it is a directory", request);
        }

        if (!File.Exists(path))
        {
            throw Missing("there is no such file", request);
        }

        return IsExecutable(path) ? path : throw new LaunchException($"'{file}' can't be started: it is not executable. Set its mode with chmod +x.", PosixNative.Eacces, isPermanent: true);
    }

    private static string? Find(string name, string? searchPath)
        => (searchPath ?? "/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name)).FirstOrDefault(p => File.Exists(p) && IsExecutable(p));

    private static bool IsExecutable(string path) => PosixNative.Access(path, ExecutableAccess) == 0;

    private static LaunchException Missing(string reason, LaunchRequest request)
        => new($"'{request.FileName}' can't be started: {reason}.", PosixNative.Enoent, isPermanent: true);
}
