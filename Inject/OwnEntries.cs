namespace Stack.Inject;

/// <summary>Takes what the AppHost added to a variable out again, so that the processes that the site starts do not inherit it.</summary>
internal static class OwnEntries
{
    public static void Remove(string variable, char separator, string own)
    {
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } value)
        {
            return;
        }

        var others = value.Split(separator).Where(entry => !string.Equals(entry.Trim(), own, StringComparison.Ordinal));
        Environment.SetEnvironmentVariable(variable, string.Join(separator, others) is { Length: > 0 } rest ? rest : null);
    }
}
