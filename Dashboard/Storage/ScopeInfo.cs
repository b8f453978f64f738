namespace Stack.Dashboard.Storage;

/// <summary>The logger category, activity source or meter that something came from.</summary>
internal readonly record struct ScopeInfo(string Name, string Version)
{
    public static readonly ScopeInfo Other = new("other", "");
}
