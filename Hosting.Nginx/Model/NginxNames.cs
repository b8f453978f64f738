using System.Text.RegularExpressions;

namespace Stack.Hosting.Nginx.Model;

/// <summary>Names inside the configuration that are made from names of resources.</summary>
internal static partial class NginxNames
{
    /// <summary>The file at the root of the hand-written part.</summary>
    public const string RootFile = "nginx.conf";

    /// <summary>Given on the command line, to the check as well: a "daemon" in nginx.conf would be one too many.</summary>
    public const string GlobalDirectives = "daemon off;";

    public const string MainFile = "stack/main.conf";

    public const string HttpFile = "stack/http.conf";

    public const string PoolsFile = "stack/pools.conf";

    public const string ServerFile = "stack/server.conf";

    public const string ProxyFile = "stack/proxy.conf";

    public const string TlsFile = "stack/tls.conf";

    /// <summary>The places on this machine that Nginx writes to.</summary>
    public const string MachineFile = "stack/machine.conf";

    /// <summary>The locations of the error pages.</summary>
    public const string ErrorsFile = "stack/errors.conf";

    public const string AdminFile = "stack/admin.conf";

    /// <summary>Names the version of the whole configuration; written when that is known.</summary>
    public const string RevisionFile = "stack/revision.conf";

    public const string RevisionVariable = "$stack_revision";

    /// <summary>The folder of the pages for errors of Nginx's own making, below the configuration's root.</summary>
    public const string ErrorPages = "errors";

    /// <summary>The link in <c>&lt;state&gt;/nginx</c> to the version that is in use.</summary>
    public const string CurrentLink = "current";

    /// <summary>The folder of the flags in <c>&lt;state&gt;/nginx</c>.</summary>
    public const string FlagFolder = "flags";

    /// <summary>The folder in <c>&lt;state&gt;/nginx</c> of the files that Nginx sends in place of the sites.</summary>
    public const string AssetFolder = "assets";

    /// <summary>Path that Nginx answers by itself, for the supervisor's check only.</summary>
    public const string HealthPath = "/nginx-health";

    /// <summary>The upstream of a site. A hyphen can't be part of a variable's name, and a resource's name holds no underscore, so no two sites meet.</summary>
    public static string Pool(string site) => "stack_" + site.Replace('-', '_').ToLowerInvariant();

    /// <summary>The upstream of a site without one of its replicas.</summary>
    public static string PoolWithout(string site, int port) => $"{Pool(site)}_but_{port}";

    /// <summary>The variable that holds the pool for a request while one of the replicas gets none.</summary>
    public static string PoolVariable(string site) => $"${Pool(site)}_pool";

    /// <summary>The file that sets it.</summary>
    public static string ChoiceFile(string site) => $"stack/choose-{site}.conf";

    /// <summary>The file that tells which address has which of the site's static files.</summary>
    public static string AssetsFile(string site) => $"stack/assets-{site}.conf";

    public static bool IsResourceName(string name) => ResourceName().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9-]{0,63}\z", RegexOptions.None, 1000)]
    private static partial Regex ResourceName();
}
