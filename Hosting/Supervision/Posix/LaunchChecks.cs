using System.Runtime.InteropServices;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Looks at everything that a launch needs before it is tried: inside a chain of programs a missing one would show as an exit code only.</summary>
internal static class LaunchChecks
{
    /// <summary>The program's full path.</summary>
    /// <exception cref="LaunchException">Something is missing; names it.</exception>
    public static string Check(LaunchRequest request)
    {
        if (request.Arguments.Append(request.FileName).Concat(request.Environment.Keys).Concat(request.Environment.Values).Any(t => t.Contains('\0')))
        {
            throw Permanent("An argument or an environment variable contains a NUL character.", Libc.InvalidArgument);
        }

        if (request.Environment.Keys.FirstOrDefault(k => k.Length == 0 || k.Contains('=')) is { } name)
        {
            throw Permanent($"'{name}' can't be the name of an environment variable.", Libc.InvalidArgument);
        }

        if (!Directory.Exists(request.WorkingDirectory))
        {
            throw File.Exists(request.WorkingDirectory)
                ? Permanent($"The working directory '{request.WorkingDirectory}' is not a directory.", Libc.NotADirectory)
                : Permanent($"The working directory '{request.WorkingDirectory}' does not exist.", Libc.NoEntry);
        }

        var program = Find(request.FileName, request.Environment.GetValueOrDefault("PATH"), request.WorkingDirectory);
        if (Directory.Exists(program))
        {
            throw Permanent($"The program '{program}' is a directory.", Libc.IsADirectory);
        }

        if (!File.Exists(program))
        {
            throw Permanent($"The program '{program}' does not exist. Build it, or correct its path.", Libc.NoEntry);
        }

        return Libc.Access(program, Libc.ExecuteAccess) == 0
            ? program
            : throw Permanent($"The program '{program}' is not executable: {Marshal.GetLastPInvokeErrorMessage()}. Allow it with 'chmod +x'.", Libc.NoAccess);
    }

    /// <summary>Full path of a program that is given by path, or by name to be looked up on PATH.</summary>
    public static string Find(string fileName, string? path, string workingDirectory)
    {
        if (fileName.Contains('/'))
        {
            return Path.GetFullPath(fileName, Path.GetFullPath(workingDirectory));
        }

        return (path ?? Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, fileName))
            .FirstOrDefault(file => File.Exists(file) && Libc.Access(file, Libc.ExecuteAccess) == 0)
            ?? throw Permanent($"The program '{fileName}' was not found on PATH. Install it, or give its full path.", Libc.NoEntry);
    }

    private static LaunchException Permanent(string message, int errno) => new(message, errno, isPermanent: true);
}
