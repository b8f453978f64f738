using System.Text;

namespace Stack.Hosting.Supervision;

/// <summary>Reads the last lines that a process wrote before it ended.</summary>
internal static class LastWords
{
    public const int MaxLines = 20;

    private const int MaxBytes = 16 * 1024;

    /// <param name="logFile">The file that took its output.</param>
    /// <param name="start">Length of the file when the process was launched.</param>
    public static IReadOnlyList<string> Read(string logFile, long start)
    {
        try
        {
            using var file = new FileStream(logFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);

            // Shorter than before: it was cut meanwhile, and all that is in it is new.
            var from = Math.Max(file.Length - MaxBytes, file.Length < start ? 0 : start);
            file.Position = from;
            var bytes = new byte[file.Length - from];
            var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var lines = Encoding.UTF8.GetString(bytes, 0, read).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
            return lines is [""] ? [] : lines[^Math.Min(MaxLines, lines.Length)..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public static long Length(string logFile)
    {
        var file = new FileInfo(logFile);
        return file.Exists ? file.Length : 0;
    }
}
