namespace Stack.Hosting.Supervision;

/// <summary>What a process that an earlier AppHost launched was started with, as the kernel still knows it.</summary>
internal sealed record RunningProgram(string FileName, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Null: it is gone, or may not be looked into.</summary>
    public static RunningProgram? Read(int pid)
    {
        try
        {
            var program = File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName;
            var folder = File.ResolveLinkTarget($"/proc/{pid}/cwd", returnFinalTarget: false)?.FullName;
            var command = Split(File.ReadAllText($"/proc/{pid}/cmdline"));
            var variables = Split(File.ReadAllText($"/proc/{pid}/environ")).Select(v => v.Split('=', 2)).Where(v => v.Length == 2);
            return program is null || folder is null || command.Length == 0
                ? null
                : new RunningProgram(program, command[1..], folder, variables.DistinctBy(v => v[0], StringComparer.Ordinal).ToDictionary(v => v[0], v => v[1], StringComparer.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string[] Split(string text) => text.Length == 0 ? [] : (text.EndsWith('\0') ? text[..^1] : text).Split('\0');
}
