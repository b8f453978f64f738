using System.Globalization;

namespace Stack.Hosting.Nginx.Model;

/// <summary>How large a request may be, how long its answer may take, and how many a client may send.</summary>
internal static class LimitsBlock
{
    private const string Zone = "stack_clients";

    public static IEnumerable<Directive> Http(LimitsPlan? limits)
    {
        yield return new("large_client_header_buffers", 4, limits is null ? "16k" : Number(limits.Line)) { Comment = "Identity cookies can be large." };
        yield return new("proxy_send_timeout", Timeout(limits));
        yield return new("proxy_read_timeout", Timeout(limits));
        if (limits?.PerClientRate is { } rate)
        {
            yield return new("limit_req_zone", NginxValue.Expression("$binary_remote_addr"), $"zone={Zone}:10m", string.Create(CultureInfo.InvariantCulture, $"rate={rate}r/s"));
        }
    }

    public static IEnumerable<Directive> Server(LimitsPlan? limits)
    {
        if (limits is null)
        {
            yield return new("client_max_body_size", "30m")
            {
                Comment = "A little above Kestrel's 30,000,000 bytes, so that the site gives the answer. Nginx's own default is 1m.",
            };
            yield break;
        }

        yield return new("client_max_body_size", Number(limits.Body)) { Comment = "The same number as in Kestrel." };
        if (limits.PerClientRate is { } rate)
        {
            yield return new("limit_req", $"zone={Zone}", $"burst={Number(2 * rate)}", "nodelay") { Comment = "For the whole server: ASP.NET Core's own limit counts in each replica for itself." };
            yield return new("limit_req_status", 429);
        }
    }

    private static string Timeout(LimitsPlan? limits) => limits is null ? "60s" : NginxConfigBuilder.Time(limits.Timeout);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
