namespace Stack.Dashboard.Queries.Metrics;

/// <summary>Takes in the samples of one series, in the order of time, and adds to a line what they mean.</summary>
internal abstract class SeriesTrack
{
    public abstract void Add(Sample sample, SenderPulse pulse, bool isThinned);

    /// <summary>Its samples of one segment have come, by a sender that was heard so.</summary>
    public abstract void Seen(SenderPulse pulse);

    /// <summary>All samples have come.</summary>
    public abstract void End();
}
