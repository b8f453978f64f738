namespace Stack.Hosting.Publishing.Plans;

/// <summary>What <c>--supervisor</c> takes, for a machine that runs systemd.</summary>
internal static class PublishedSupervisors
{
    /// <summary>systemd supervises each replica; the default.</summary>
    public const string Systemd = "systemd";

    /// <summary>The AppHost supervises, and systemd the AppHost.</summary>
    public const string AppHost = "apphost";
}
