using Microsoft.AspNetCore.Connections;

namespace Gateway.Site.Models;

/// <summary>Counts the connections that this replica has taken.</summary>
public sealed class ConnectionCounter
{
    private long _taken;

    /// <summary>How many there have been since the start.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Connection middleware: counts, and hands on.</summary>
    public ConnectionDelegate Count(ConnectionDelegate next)
        => connection =>
        {
            Interlocked.Increment(ref _taken);
            return next(connection);
        };
}
