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

    // What of it would end with the AppHost, though what it supervises serves on.
    private static readonly string[] EndsWithTheService = ["PrivateTmp=yes", "RemoveIPC=yes"];

    /// <summary>The same for a service whose processes are to outlive it.</summary>
    /// <param name="unit">The unit; its section Service is open.</param>
    /// <param name="writable">The only folders that it can change.</param>
    /// <param name="hasLowPorts">True: it may listen on ports below 1024.</param>
    public static UnitText HardenSupervisor(this UnitText unit, IEnumerable<string> writable, bool hasLowPorts)
    {
        foreach (var line in Lines.Except(EndsWithTheService))
        {
            unit.Line(line switch
            {
                // It asks the kernel who holds a port.
                _ when line.StartsWith("RestrictAddressFamilies=", StringComparison.Ordinal) => $"{line} AF_NETLINK",
                "CapabilityBoundingSet=" or "AmbientCapabilities=" when hasLowPorts => $"{line}CAP_NET_BIND_SERVICE",
                _ => line,
            });
        }

        // It gives its socket to its group.
        return unit.Line("SystemCallFilter=@chown").Each("ReadWritePaths", writable);
    }

    /// <param name="unit">The unit; its section Service is open.</param>
    /// <param name="writable">The only folders that it can change.</param>
    /// <param name="hidden">Folders that it can't even see.</param>
    public static UnitText Harden(this UnitText unit, IEnumerable<string> writable, IEnumerable<string> hidden)
    {
        foreach (var line in Lines)
        {
            unit.Line(line);
        }

        return unit.Each("ReadWritePaths", writable).Each("InaccessiblePaths", hidden);
    }
}
