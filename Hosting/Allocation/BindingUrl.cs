using System.Globalization;
using Aspire.Hosting;

namespace Stack.Hosting.Allocation;

/// <summary>An address as Kestrel takes it: the host may be <c>*</c> or <c>+</c>.</summary>
internal sealed record BindingUrl(string Scheme, string Host, int? Port)
{
    /// <exception cref="DistributedApplicationException">It is no such address.</exception>
    public static BindingUrl Parse(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
        {
            var rest = url[(scheme + 3)..].Split('/')[0];
            var colon = rest.LastIndexOf(':');
            if (colon < 0 || rest.EndsWith(']'))
            {
                return new(url[..scheme].ToLowerInvariant(), rest, null);
            }

            if (int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            {
                return new(url[..scheme].ToLowerInvariant(), rest[..colon], port);
            }
        }

        throw new DistributedApplicationException($"'{url}' is not an address to listen on. Write it like http://localhost:5000.");
    }
}
