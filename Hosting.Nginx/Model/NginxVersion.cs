using System.Globalization;
using System.Text.RegularExpressions;

namespace Stack.Hosting.Nginx.Model;

/// <summary>A version of nginx, as <c>nginx -v</c> tells it; decides which directives may be written.</summary>
internal readonly partial record struct NginxVersion(int Major, int Minor, int Patch) : IComparable<NginxVersion>
{
    /// <summary>The oldest one that is supported: Debian 12's.</summary>
    public static readonly NginxVersion Oldest = new(1, 22, 0);

    /// <summary>From here on <c>http2</c> is a directive of its own; before, a word of <c>listen</c>.</summary>
    public static readonly NginxVersion Http2Directive = new(1, 25, 1);

    /// <summary>From here on <c>keepalive_min_timeout</c> lets a reload close no busy client connection.</summary>
    public static readonly NginxVersion KeepAliveMinTimeout = new(1, 27, 4);

    /// <summary>Reads the output of <c>nginx -v</c> or <c>-V</c>; also that of OpenResty, whose first three numbers are nginx's.</summary>
    public static NginxVersion? Parse(string output)
    {
        var match = Pattern().Match(output);
        if (!match.Success)
        {
            return null;
        }

        return int.TryParse(match.Groups["major"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(match.Groups["minor"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            && int.TryParse(match.Groups["patch"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var patch)
            ? new NginxVersion(major, minor, patch)
            : null;
    }

    public int CompareTo(NginxVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public override string ToString() => $"{Major}.{Minor}.{Patch}";

    public static bool operator <(NginxVersion left, NginxVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(NginxVersion left, NginxVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(NginxVersion left, NginxVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(NginxVersion left, NginxVersion right) => left.CompareTo(right) >= 0;

    [GeneratedRegex(@"version: (nginx|openresty|freenginx)/(?<major>\d+)\.(?<minor>\d+)\.(?<patch>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
