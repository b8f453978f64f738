using System.Text;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Supervision;

/// <summary>Reads the last lines that a process wrote before it ended; those from its unhandled exception on, if it had one.</summary>
internal static class LastWords
{
    public const int MaxLines = 20;

    private const int MaxBytes = 16 * 1024;

    /// <param name="logFile">The log that took its output.</param>
    /// <param name="start">Logical offset at which the process began.</param>
    public static IReadOnlyList<string> Read(string logFile, long start)
    {
        try
        {
            var log = LogFile.At(logFile);
            var (bytes, length) = (new byte[MaxBytes], 0);
            var offset = Math.Max(log.Look().End - MaxBytes, start);
            while (length < MaxBytes && log.Read(ref offset, bytes.AsSpan(length)) is var read and > 0)
            {
                offset += read;
                length += read;
            }

            var lines = Encoding.UTF8.GetString(bytes, 0, length).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
            return lines is [""] ? [] : Telling(lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Below the reason for which .NET ends a process there may be more lines of stack than are shown.
    private static string[] Telling(string[] lines)
    {
        var from = Math.Max(0, lines.Length - MaxLines);
        var reason = Array.FindLastIndex(lines, l => l.StartsWith("Unhandled exception", StringComparison.Ordinal));
        from = reason >= 0 ? Math.Min(from, reason) : from;
        return lines[from..Math.Min(lines.Length, from + MaxLines)];
    }

    /// <summary>Notes that a generation of the process begins to write. Returns the logical offset at which it does.</summary>
    public static long Begin(string logFile, int generation)
    {
        try
        {
            return LogFile.At(logFile).BeginGeneration(generation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
