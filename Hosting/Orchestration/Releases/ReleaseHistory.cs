namespace Stack.Hosting.Orchestration.Releases;

/// <summary>Which release of a site is current, and which ones were before it: a stack. A deploy puts one on it, a rollback takes the current one off. Pure.</summary>
/// <param name="Current">Name of the release that is launched, or <see cref="ReleaseName.Build"/>.</param>
/// <param name="Before">Those before it, the latest last; each at most once, and none of them the current one.</param>
internal sealed record ReleaseHistory(string Current, IReadOnlyList<string> Before)
{
    public static ReleaseHistory Empty { get; } = new(ReleaseName.Build, []);

    /// <summary>The one that a rollback goes to; null: there is none.</summary>
    public string? Previous => Before.Count > 0 ? Before[^1] : null;

    /// <summary>It comes onto the stack.</summary>
    public ReleaseHistory Deployed(string name) => new(name, [.. Before.Append(Current).Where(b => b != name)]);

    /// <summary>Goes back to one that was before: those after it leave the stack. One that was not comes onto it.</summary>
    public ReleaseHistory BackTo(string name) => Before.Contains(name) ? new(name, [.. Before.TakeWhile(b => b != name)]) : Deployed(name);

    /// <summary>Without those before that are no longer there.</summary>
    public ReleaseHistory Only(IReadOnlySet<string> names) => this with { Before = [.. Before.Where(b => b == ReleaseName.Build || names.Contains(b))] };
}
