namespace WebSite.Data;

/// <summary>Who does a job that only one replica may do, and until when. One row for each job.</summary>
public sealed class Lease
{
    /// <summary>The job.</summary>
    public required string Name { get; init; }

    /// <summary>The replica that has it, or had it last.</summary>
    public required string Holder { get; set; }

    /// <summary>When it falls to whoever asks first, unless it is extended.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Grows by one with each holder: what an earlier one writes with its own number is refused.</summary>
    public required long Version { get; set; }
}
