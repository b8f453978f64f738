using Stack.Dashboard.Web.Control;

namespace Stack.Dashboard.Web.Components;

/// <summary>What the console page shows.</summary>
public sealed record ConsoleModel
{
    /// <summary>The replica, or the resource whose replicas are merged.</summary>
    public required string Name { get; init; }

    /// <summary>True when the lines are of several replicas and have to say which.</summary>
    public required bool IsMerged { get; init; }

    public required IReadOnlyList<ConsoleChoice> Choices { get; init; }

    public required IReadOnlyList<ConsoleLineModel> Lines { get; init; }

    /// <summary>From where the live stream goes on.</summary>
    public required string Place { get; init; }

    /// <summary>What the lines must contain.</summary>
    public string? Text { get; init; }

    /// <summary>Why there are no lines.</summary>
    public string? Problem { get; init; }
}

/// <summary>A resource to choose from, with its replicas.</summary>
public sealed record ConsoleChoice(string Name, string State, string Tone, IReadOnlyList<ConsoleChoice> Replicas)
{
    internal static IReadOnlyList<ConsoleChoice> From(StackView view) =>
    [
        .. view.Resources.Select(r => new ConsoleChoice(r.Name, r.State, ToneOf(view, r.State),
        [
            .. r.Replicas.Where(_ => r.Replicas.Count > 1 || r.Wanted > 1).Select(i => new ConsoleChoice(i.Name, i.State, ToneOf(view, i.State), [])),
        ])),
    ];

    /// <summary>A state that may be out of date has no colour.</summary>
    private static string ToneOf(StackView view, string state) => view.IsStale ? Components.Tone.Idle : Components.Tone.OfState(state);
}

/// <summary>One line of console output; also what the live stream sends.</summary>
/// <param name="Replica">Who wrote it.</param>
/// <param name="Hue">Its colour among the others.</param>
/// <param name="Time">When it was written, as time of day.</param>
/// <param name="Runs">Its text by look.</param>
public sealed record ConsoleLineModel(string Replica, int Hue, string Time, IReadOnlyList<AnsiRun> Runs)
{
    /// <summary>True when the line was written at any time before <see cref="Time"/>.</summary>
    public bool IsApproximate { get; init; }

    /// <summary>This is no line of output, but what the dashboard tells of it.</summary>
    public string? Mark { get; init; }

    internal static ConsoleLineModel From(ConsoleEntry entry, AnsiScreen screen, Viewer viewer) => new(
        entry.Replica,
        Components.Tone.Hue(entry.Replica),
        (entry.IsTimeExact ? "" : "≤ ") + viewer.PreciseClock(entry.Time),
        entry.IsGap ? [] : screen.Parse(entry.Replica, entry.Text))
    {
        IsApproximate = !entry.IsTimeExact,
        Mark = entry.IsGap ? entry.Text : null,
    };
}
