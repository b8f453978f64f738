namespace Stack.Hosting.Supervision.Portable;

/// <summary>Gives a child the variables that a shell before it takes away or changes.</summary>
internal static class ShellVariables
{
    // Set by shells for themselves, and handed on.
    private static readonly string[] Own = ["PWD", "OLDPWD", "SHLVL", "_"];

    /// <summary>
    /// A call of env for the front of a command line. Shells drop variables whose names are not theirs (services__my-app__http__0), so these go by the command line,
    /// where for the moment until the program itself takes over others on the machine could read them.
    /// </summary>
    public static IEnumerable<string> Restore(IReadOnlyDictionary<string, string> environment)
        => [
            "/usr/bin/env",
            .. Own.Where(name => !environment.ContainsKey(name)).SelectMany(name => new[] { "-u", name }),
            .. environment.Where(v => !IsShellName(v.Key) || Own.Contains(v.Key)).Select(v => $"{v.Key}={v.Value}"),
        ];

    private static bool IsShellName(string name) => !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
