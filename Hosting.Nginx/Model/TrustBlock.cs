namespace Stack.Hosting.Nginx.Model;

/// <summary>What the balancers in front may say about the client: its address, and whether it came encrypted. Nobody else may.</summary>
internal static class TrustBlock
{
    private const string Trusted = "$stack_trusted";
    private const string Scheme = "$stack_scheme";

    /// <summary>The scheme that the client used.</summary>
    public static string SchemeOf(GatewayOptions options) => options.TrustedProxies.Count > 0 ? Scheme : "$scheme";

    public static IEnumerable<Directive> Http(GatewayOptions options)
    {
        if (options.TrustedProxies.Count == 0)
        {
            yield break;
        }

        yield return new("real_ip_header", "X-Forwarded-For") { Comment = "The client's address, when a balancer in front tells it: the last one in its list that is none of these." };
        yield return new("real_ip_recursive", "on");
        foreach (var proxy in options.TrustedProxies)
        {
            yield return new("set_real_ip_from", proxy);
        }

        yield return new("geo", NginxValue.Expression("$realip_remote_addr"), NginxValue.Expression(Trusted))
        {
            Children = [new("default", 0), .. options.TrustedProxies.Select(proxy => new Directive(proxy, 1))],
        };
        yield return HttpMaps.Map(
            $"{Trusted}:$http_x_forwarded_proto", Scheme,
            ("default", NginxValue.Expression("$scheme")), ("1:https", "https"), ("1:http", "http"));
    }
}
