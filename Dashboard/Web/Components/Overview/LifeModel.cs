using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Components.Overview;

/// <summary>How a replica is and was: state now, restarts, last exit, and its states over the window.</summary>
public sealed record LifeModel
{
    public required string State { get; init; }

    public required string StateTone { get; init; }

    /// <summary>Why it is so, where there is something to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the gateway sends to it, where that is not simply so.</summary>
    public string? Traffic { get; init; }

    public int Restarts { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public string? Uptime { get; init; }

    public string? LastExit { get; init; }

    /// <summary>Its states over the window, one after the other; empty: not known.</summary>
    public IReadOnlyList<StatePiece> Pieces { get; init; } = [];

    /// <summary>The same in words.</summary>
    public string History { get; init; } = "";

    internal static LifeModel From(ReplicaStatus replica, UsageFigures? usage, OverviewWindow window, Viewer viewer, DateTimeOffset at)
    {
        var pieces = usage is { HasStates: true } ? PiecesOf(usage.States) : [];
        var isReady = replica is { State: "Running", Health: "Ready" or "Unknown" };
        return new LifeModel
        {
            State = replica.State == "Running" ? isReady ? "Ready" : Tone.HealthText(replica.Health) : replica.State,
            StateTone = replica.State == "Running" && !isReady ? Tone.OfHealth(replica.Health) : Tone.Of(replica),
            Reason = replica.Reason,
            Traffic = replica.Traffic switch { "Draining" => "draining", "Out" => "out of traffic", _ => null },
            Restarts = replica.Restarts,
            StartedAt = replica.EndedAt is null ? replica.StartedAt : null,
            Uptime = replica is { StartedAt: { } since, EndedAt: null } ? Format.Span(at - since) : null,
            LastExit = replica.LastExit,
            Pieces = pieces,
            History = Words(pieces, window, viewer),
        };
    }

    internal IEnumerable<Finding> Findings(string name, OverviewWindow window)
    {
        var console = OverviewLinks.Console(name);
        if (StateTone is Tone.Bad or Tone.Warn)
        {
            yield return new Finding(StateTone, name, $"{State}{(Reason is null ? "" : $": {Reason}")}", console);
        }
        else if (Restarts > 0 && LastExit is not null && StartedAt is { } started && UnixTicks.Of(started) >= window.From)
        {
            yield return new Finding(Tone.Warn, name, $"restarted {Uptime} ago: {LastExit}", console);
        }
    }

    private static List<StatePiece> PiecesOf(IReadOnlyList<string?> states)
    {
        var pieces = new List<StatePiece>();
        for (var i = 0; i < states.Count; i++)
        {
            if (pieces is [.., var last] && last.State == states[i])
            {
                pieces[^1] = last with { Length = last.Length + 1 };
            }
            else
            {
                pieces.Add(new StatePiece(states[i], ToneOf(states[i]), i, 1));
            }
        }

        return pieces;
    }

    private static string ToneOf(string? state) => state switch
    {
        null => Tone.Idle,
        "Not ready" => Tone.Warn,
        _ => Tone.OfState(state),
    };

    private static string Words(List<StatePiece> pieces, OverviewWindow window, Viewer viewer)
    {
        var known = pieces.Where(p => p.State is not null).ToList();
        return known.Count switch
        {
            0 => "",
            1 => $"{known[0].State} all the time",
            _ => string.Join(", ", known.TakeLast(8).Select(p => $"{p.State} from {viewer.Clock(UnixTicks.ToTime(window.From + (p.From * window.Part)))}")),
        };
    }
}

/// <summary>A stretch of time in one state, in parts of the window.</summary>
public sealed record StatePiece(string? State, string Tone, int From, int Length);
