namespace Stack.Hosting.Publishing.Systemd;

/// <summary>What a service may not do. .NET runs under all of it; it does not under MemoryDenyWriteExecute (it compiles while it runs) and SystemCallFilter=~@resources.</summary>
internal static class Hardening
{
    private static readonly string[] Lines =
    [
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "PrivateDevices=yes",
        "ProtectKernelTunables=yes",
        "ProtectKernelModules=yes",
        "ProtectKernelLogs=yes",
        "ProtectControlGroups=yes",
        "ProtectClock=yes",
        "ProtectHostname=yes",
        "ProtectProc=invisible",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
        "RestrictNamespaces=yes",
        "RestrictRealtime=yes",
        "RestrictSUIDSGID=yes",
        "LockPersonality=yes",
        "RemoveIPC=yes",
        "CapabilityBoundingSet=",
        "AmbientCapabilities=",
        "SystemCallArchitectures=native",
        "SystemCallFilter=@system-service",
        "SystemCallFilter=~@privileged",
    ];

    /// <param name="unit">The unit; its section Service is open.</param>
    /// <param name="writable">The only folders that it can change.</param>
    /// <param name="hidden">Folders that it can't even see.</param>
    public static UnitText Harden(this UnitText unit, IEnumerable<string> writable, IEnumerable<string> hidden)
    {
        foreach (var line in Lines)
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            unit.Raw(line[..equals], line[(equals + 1)..]);
        }

        return unit.Each("ReadWritePaths", writable).Each("InaccessiblePaths", hidden);
    }
}
