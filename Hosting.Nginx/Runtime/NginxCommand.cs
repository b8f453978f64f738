namespace Stack.Hosting.Nginx.Runtime;

/// <summary>How the chosen nginx is run with arguments of its own: the executable, or an engine that runs it in a container.</summary>
/// <param name="FileName">The program to start.</param>
/// <param name="Before">Arguments that go before nginx's own.</param>
internal sealed record NginxCommand(string FileName, IReadOnlyList<string> Before)
{
    public IReadOnlyList<string> With(params IEnumerable<string> arguments) => [.. Before, .. arguments];
}
