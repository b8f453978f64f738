using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Stack.Dashboard.Web.Control;

/// <summary>How far a page has read: of each replica the last line that it has. When its connection was lost it goes on from there; what is read again is skipped.</summary>
internal sealed class ConsolePlace
{
    private readonly Dictionary<string, Line> _last = [];
    private readonly HashSet<string> _reached = [];

    /// <summary>True for a page that has nothing yet.</summary>
    public bool IsStart => _last.Count == 0;

    /// <summary>Reads what <see cref="ToString"/> wrote; what is not like that is a start.</summary>
    public static ConsolePlace Parse(string? text)
    {
        var place = new ConsolePlace();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split(':') is [var replica, var number, var digest] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            {
                place._last[Uri.UnescapeDataString(replica)] = new Line(offset, null, digest);
            }
        }

        return place;
    }

    /// <summary>Everything is read from the beginning of the tail again.</summary>
    public void BeginAgain() => _reached.Clear();

    /// <summary>The page begins with nothing.</summary>
    public void Forget()
    {
        _last.Clear();
        _reached.Clear();
    }

    /// <summary>What a line is to the page; a new one is the place from then on.</summary>
    public ConsoleStep Step(ConsoleEntry entry)
    {
        if (!_reached.Contains(entry.Replica) && _last.TryGetValue(entry.Replica, out var last))
        {
            if (entry.Offset < last.Offset && !entry.IsTimeExact)
            {
                return ConsoleStep.Known;
            }

            // Its last line is not there: too much was written meanwhile, or this is another log.
            if (entry.Offset != last.Offset || Digest(entry.Text) != last.Digest)
            {
                return ConsoleStep.Lost;
            }

            _reached.Add(entry.Replica);
            return ConsoleStep.Known;
        }

        _reached.Add(entry.Replica);
        _last[entry.Replica] = new Line(entry.Offset, entry.Text, null);
        return ConsoleStep.New;
    }

    public override string ToString() => string.Join(',', _last.Select(pair => string.Create(
        CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(pair.Key)}:{pair.Value.Offset}:{pair.Value.Digest}")));

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 4));

    /// <summary>A line is known again by where it begins and what it says.</summary>
    private sealed record Line(long Offset, string? Text, string? Known)
    {
        public string Digest => Known ?? ConsolePlace.Digest(Text!);
    }
}

/// <summary>What a line of console output is to a page that has some.</summary>
internal enum ConsoleStep
{
    New,
    Known,
    Lost,
}
