using System.Collections.Concurrent;

namespace Stack.Dashboard.Ingest;

/// <summary>Gives equal texts as one object: templates repeat in nearly every row that is kept in memory.</summary>
internal sealed class TextPool
{
    private const int MaxTexts = 5000;
    private readonly ConcurrentDictionary<string, string> _texts = new();

    public string Share(string text)
    {
        if (_texts.TryGetValue(text, out var known))
        {
            return known;
        }

        // Texts that never repeat must not pile up.
        if (_texts.Count >= MaxTexts)
        {
            _texts.Clear();
        }

        return _texts.GetOrAdd(text, text);
    }
}
