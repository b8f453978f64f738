using System.Runtime.InteropServices;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Looks at everything that a launch needs before it is tried: inside a chain of programs a missing one would show as an exit code only.</summary>
internal static class LaunchChecks
{
    /// <exception cref="LaunchException">Something is missing; names it.</exception>
    public static CheckedLaunch Check(LaunchRequest request)
    {
        CheckTexts(request);
        CheckFolder(request.WorkingDirectory);
        var program = Find(request.FileName, request.Environment.GetValueOrDefault("PATH"), request.WorkingDirectory);
        CheckProgram(program);
        var account = SettingsChecks.Check(request.Settings);
        if (account is not null && AsUser.Look(account, () => Refused(account, program, request)) is { } refusal)
        {
            throw Permanent(refusal, Libc.NoAccess);
        }

        return new CheckedLaunch(request, program, account);
    }

    private static void CheckTexts(LaunchRequest request)
    {
        if (request.Arguments.Append(request.FileName).Concat(request.Environment.Keys).Concat(request.Environment.Values).Any(t => t.Contains('\0')))
        {
            throw Permanent("An argument or an environment variable contains a NUL character.", Libc.InvalidArgument);
        }

        if (request.Environment.Keys.FirstOrDefault(k => k.Length == 0 || k.Contains('=')) is { } name)
        {
            throw Permanent($"'{name}' can't be the name of an environment variable.", Libc.InvalidArgument);
        }
    }

    private static void CheckFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw File.Exists(folder)
                ? Permanent($"The working directory '{folder}' is not a directory.", Libc.NotADirectory)
                : Permanent($"The working directory '{folder}' does not exist.", Libc.NoEntry);
        }

        if (Libc.Access(folder, Libc.ExecuteAccess) != 0)
        {
            throw Permanent($"The working directory '{folder}' can't be entered: {Marshal.GetLastPInvokeErrorMessage()}. Allow it with 'chmod +x', or set another.", Libc.NoAccess);
        }
    }

    private static void CheckProgram(string program)
    {
        if (Directory.Exists(program))
        {
            throw Permanent($"The program '{program}' is a directory.", Libc.IsADirectory);
        }

        if (!File.Exists(program))
        {
            throw Permanent($"The program '{program}' does not exist. Build it, or correct its path.", Libc.NoEntry);
        }

        if (Libc.Access(program, Libc.ExecuteAccess) != 0)
        {
            throw Permanent($"The program '{program}' is not executable: {Marshal.GetLastPInvokeErrorMessage()}. Allow it with 'chmod +x'.", Libc.NoAccess);
        }

        ProgramHeader.Check(program);
    }

    // What the AppHost may use, the other user may not: files below /root, a state folder in a home.
    private static string? Refused(Account account, string program, LaunchRequest request)
    {
        (string Path, int Mode, string What, string Remedy)[] needed =
        [
            (request.WorkingDirectory, Libc.ExecuteAccess, "enter the working directory", "Give the user access to it and to each folder above, or set another with Directory."),
            (program, Libc.ExecuteAccess, "execute the program", "Give the user access to it and to each folder above."),
            .. request.Folders.Select(f => (f, Libc.ReadAccess | Libc.WriteAccess | Libc.ExecuteAccess, "use the folder", "Let the user pass through each folder above it, or set Stack:State to a folder where that is so.")),
        ];
        foreach (var (path, mode, what, remedy) in needed)
        {
            if (Libc.AccessNow(path, mode) != 0)
            {
                return $"User '{account.Name}' can't {what} '{path}': {Marshal.GetLastPInvokeErrorMessage()}. {remedy}";
            }
        }

        return null;
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

/// <summary>A launch that can be tried.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Program">The program's full path.</param>
/// <param name="Account">The user to change to; null: none.</param>
internal sealed record CheckedLaunch(LaunchRequest Request, string Program, Account? Account);
