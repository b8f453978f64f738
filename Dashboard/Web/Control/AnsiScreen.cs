namespace Stack.Dashboard.Web.Control;

/// <summary>Reads the colours of several replicas' lines that come mixed: each goes on with its own.</summary>
internal sealed class AnsiScreen
{
    private readonly Dictionary<string, AnsiText> _replicas = [];

    public IReadOnlyList<AnsiRun> Parse(string replica, string line)
    {
        if (!_replicas.TryGetValue(replica, out var text))
        {
            _replicas[replica] = text = new AnsiText();
        }

        return text.Parse(line);
    }
}
