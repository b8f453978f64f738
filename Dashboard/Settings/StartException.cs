namespace Stack.Dashboard.Settings;

/// <summary>The dashboard cannot start; each message says which setting or thing is at fault and what to do.</summary>
internal sealed class StartException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public StartException(string problem)
        : this([problem])
    {
    }

    public IReadOnlyList<string> Problems { get; } = problems;
}
