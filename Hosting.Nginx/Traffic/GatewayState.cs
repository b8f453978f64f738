using Stack.Hosting.Nginx.Assets;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;

namespace Stack.Hosting.Nginx.Traffic;

/// <summary>What the configuration is to be made of: changed by whoever changes something, read by the next reload.</summary>
internal sealed class GatewayState(NginxRequest request)
{
    private readonly Lock _lock = new();
    private NginxRequest _request = request;

    public NginxRequest Request
    {
        get
        {
            lock (_lock)
            {
                return _request;
            }
        }
    }

    public UpstreamPlan Upstream(string site) => Request.Upstreams.Single(upstream => upstream.Site == site);

    /// <summary>Changes which files Nginx sends in place of a site.</summary>
    /// <returns>How it was.</returns>
    public IReadOnlyList<StaticAsset> Change(string site, IReadOnlyList<StaticAsset> assets)
    {
        lock (_lock)
        {
            var before = _request.Options.Assets.GetValueOrDefault(site) ?? [];
            _request = _request with { Options = _request.Options with { Assets = new Dictionary<string, IReadOnlyList<StaticAsset>>(_request.Options.Assets, StringComparer.Ordinal) { [site] = assets } } };
            return before;
        }
    }

    /// <summary>Changes the replicas of one site.</summary>
    /// <returns>How it was.</returns>
    public UpstreamPlan Change(string site, Func<UpstreamPlan, UpstreamPlan> change)
    {
        lock (_lock)
        {
            var before = _request.Upstreams.Single(upstream => upstream.Site == site);
            _request = _request with { Upstreams = [.. _request.Upstreams.Select(upstream => upstream.Site == site ? change(upstream) : upstream)] };
            return before;
        }
    }
}
