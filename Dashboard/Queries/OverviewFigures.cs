namespace Stack.Dashboard.Queries;

/// <summary>All instances side by side, and the gateway beside them, in one window.</summary>
internal sealed record OverviewFigures(OverviewWindow Window, IReadOnlyList<InstanceFigures> Instances, IReadOnlyList<GatewayFigures> Gateways)
{
    /// <summary>From when on requests were counted: rates of all instances are over the same time, also when the store is younger than the window.</summary>
    public long Since { get; } = Math.Max(
        Window.From,
        Instances.SelectMany(i => new[] { i.Served?.First, i.Tried?.First }).Concat(Gateways.Select(g => g.Answered.First)).Min() ?? Window.From);
}

/// <summary>One instance: what it counted itself, what a gateway counted of it, what it used.</summary>
internal sealed record InstanceFigures(string Name)
{
    /// <summary>Null for a replica that has sent nothing itself.</summary>
    public string? Service { get; set; }

    public RequestFigures? Served { get; set; }

    public RequestFigures? Tried { get; set; }

    public UsageFigures? Usage { get; set; }
}

/// <summary>One gateway, as it answered its clients.</summary>
internal sealed record GatewayFigures(string Name, RequestFigures Answered)
{
    /// <summary>Null when it does not tell of its connections.</summary>
    public ConnectionFigures? Connections { get; set; }
}
