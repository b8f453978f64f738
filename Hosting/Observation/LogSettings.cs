namespace Stack.Hosting.Observation;

/// <summary>What the console logs of the whole stack may take of the disk.</summary>
internal sealed record LogSettings
{
    /// <summary>Bytes of all logs and archives together. Default 2 GB.</summary>
    public long TotalBytes { get; init; } = 2L << 30;

    /// <summary>Bytes that are left free on the disk, whoever fills it. Default 512 MB.</summary>
    public long MinFreeBytes { get; init; } = 512L << 20;
}

/// <summary>When one log is rotated.</summary>
/// <param name="MaxBytes">Size of the active file from which on it is; 0: never.</param>
/// <param name="Backups">Archives that are kept; 0: what is cut off is dropped.</param>
internal sealed record LogLimits(long MaxBytes, int Backups);
