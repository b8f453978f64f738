namespace Testing.Load;

/// <summary>What a <see cref="StrictClient"/> does.</summary>
public sealed record LoadSettings
{
    /// <summary>Where it asks: 127.0.0.1 and this port.</summary>
    public required int Port { get; init; }

    public int Connections { get; init; } = 16;

    /// <summary>Which part of the requests are POSTs; the others are GETs.</summary>
    public double Posts { get; init; } = 0.6;

    /// <summary>How many of the connections pause between two requests, each time for up to <see cref="ThinkTime"/>. The others never do.</summary>
    public int Thinking { get; init; }

    public TimeSpan ThinkTime { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Which part of the requests asks the site to take <see cref="SlowTime"/>.</summary>
    public double Slow { get; init; }

    public TimeSpan SlowTime { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Which part of the POSTs has a body of <see cref="LargeBody"/> bytes.</summary>
    public double Large { get; init; }

    public int LargeBody { get; init; } = 100_000;

    /// <summary>From the first byte sent to the last received; after it a request has failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
