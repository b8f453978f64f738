using System.Text;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Looks at the first bytes of a program: a chain of programs would run a text as a shell script, or end with a code that names nothing.</summary>
internal static class ProgramHeader
{
    private const int LongestLine = 256; // what the kernel reads
    private const string OtherFormats = "/proc/sys/fs/binfmt_misc";

    /// <exception cref="LaunchException">The system can't start it; says why.</exception>
    public static void Check(string program)
    {
        var bytes = new byte[LongestLine];
        int count;
        try
        {
            using var file = File.OpenRead(program);
            count = file.ReadAtLeast(bytes, LongestLine, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // may be executed, but not read
        }

        var start = bytes.AsSpan(0, count);
        if (start.StartsWith("#!"u8))
        {
            CheckInterpreter(program, start[2..]);
        }
        else if (OperatingSystem.IsLinux() && !start.StartsWith("\u007fELF"u8) && !HasOtherFormats())
        {
            throw new LaunchException($"The program '{program}' is neither a program for this machine nor a script with a '#!' line.", Libc.NoExecFormat, isPermanent: true);
        }
    }

    private static void CheckInterpreter(string program, ReadOnlySpan<byte> line)
    {
        var end = line.IndexOf((byte)'\n');
        var words = Encoding.UTF8.GetString(end < 0 ? line : line[..end]).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words is [var interpreter, ..] && Path.IsPathFullyQualified(interpreter) && !File.Exists(interpreter))
        {
            var fault = interpreter.EndsWith('\r')
                ? $"has lines that end in CR LF, so its interpreter '{interpreter.TrimEnd('\r')}' is not found. Write it with LF."
                : $"names the interpreter '{interpreter}', which does not exist. Install it, or correct the program's first line.";
            throw new LaunchException($"The program '{program}' {fault}", Libc.NoEntry, isPermanent: true);
        }
    }

    // Formats that were registered with the kernel, beside its own two files.
    private static bool HasOtherFormats() => Directory.Exists(OtherFormats) && Directory.EnumerateFiles(OtherFormats).Any(f => Path.GetFileName(f) is not ("register" or "status"));
}
