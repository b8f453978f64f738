using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>The rows of one request, and what happened while they were made, by instance.</summary>
internal sealed class MappedExport(Signal signal)
{
    public TelemetryBatch Batch { get; } = new();

    public Dictionary<string, Tally> Tallies { get; } = [];

    public Tally TallyOf(ResourceInfo resource)
    {
        if (!Tallies.TryGetValue(resource.DisplayName, out var tally))
        {
            Tallies[resource.DisplayName] = tally = new Tally(signal);
        }

        return tally;
    }
}

/// <summary>One instance's part of a request.</summary>
internal sealed class Tally(Signal signal)
{
    public Signal Signal { get; } = signal;

    public long Records { get; set; }

    public long Cut { get; set; }

    public long Unstorable { get; set; }
}
