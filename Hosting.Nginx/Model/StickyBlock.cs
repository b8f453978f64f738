namespace Stack.Hosting.Nginx.Model;

/// <summary>Keeps a client on its replica: by a cookie that the first answer sets, and whose value chose the replica of that very answer.</summary>
internal static class StickyBlock
{
    private const string Cookie = "$stack_route_cookie";

    /// <summary>What the replica is chosen by.</summary>
    public const string Route = "$stack_route";

    public static IEnumerable<Directive> Http(GatewayOptions options)
    {
        if (options.StickyCookie is not { } name)
        {
            yield break;
        }

        yield return HttpMaps.Map($"$cookie_{name}", Route, ("default", NginxValue.Expression($"$cookie_{name}")), ("", NginxValue.Expression("$request_id"))) with
        {
            Comment = "What chooses the replica: the cookie, and for the first request the value that its answer sets as the cookie.",
        };
        yield return HttpMaps.Map($"$cookie_{name}", Cookie, ("default", ""), ("", NginxValue.Expression($"{name}=$request_id; Path=/; HttpOnly; SameSite=Lax{(options.Tls is null ? "" : "; Secure")}")));
    }

    public static IEnumerable<Directive> Server(GatewayOptions options) =>
        options.StickyCookie is null ? [] : [new("add_header", "Set-Cookie", NginxValue.Expression(Cookie), "always")];
}
