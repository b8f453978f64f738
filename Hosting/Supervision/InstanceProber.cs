namespace Stack.Hosting.Supervision;

/// <summary>Probes by whatever the address of the probe says.</summary>
internal sealed class InstanceProber : IInstanceProber
{
    private readonly HttpProber _http = new();
    private readonly TcpProber _tcp = new();

    public Task<ProbeResult> ProbeAsync(ProbeSpec spec, CancellationToken cancellationToken)
        => spec.Url.Scheme == "tcp" ? _tcp.ProbeAsync(spec, cancellationToken) : _http.ProbeAsync(spec, cancellationToken);
}
