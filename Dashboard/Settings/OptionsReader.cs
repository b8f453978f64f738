using System.Net;
using System.Security.Cryptography;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Settings;

/// <summary>Makes <see cref="DashboardOptions"/> from configuration and Aspire's environment variables; all mistakes are reported at once.</summary>
internal static class OptionsReader
{
    /// <exception cref="StartException">Something is invalid.</exception>
    public static DashboardOptions Read(IConfiguration configuration)
    {
        var source = new SettingsSource(configuration);
        var anonymous = source.Flag("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", source.Flag("DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", false));
        var options = new DashboardOptions
        {
            Frontend = ReadFrontend(source, anonymous),
            Otlp = ReadOtlp(source, anonymous),
            Api = ReadApi(source, anonymous),
            Limits = ReadLimits(source),
            Storage = ReadStorage(source),
            ControlSocket = source.Text("Dashboard:Control:SocketPath", "STACK_CONTROL_SOCKET").Value,
        };
        options = options with
        {
            Storage = options.Storage with { RingRows = options.Limits.MaxLogCount },
        };

        ListenerRules.Check(options, source, anonymous);
        return source.Problems.Count > 0 ? throw new StartException(source.Problems) : options;
    }

    /// <summary>Loopback by address or by the name <c>localhost</c>.</summary>
    public static bool IsLoopback(Uri url) => url.IsLoopback || (IPAddress.TryParse(url.Host, out var address) && IPAddress.IsLoopback(address));

    private static FrontendOptions ReadFrontend(SettingsSource source, bool anonymous)
    {
        var defaults = new FrontendOptions();
        // AddEnvironmentVariables("ASPNETCORE_") leaves the value under "urls".
        var (urls, key) = source.Text("Dashboard:Frontend:EndpointUrls", "ASPNETCORE_URLS", "urls");
        var parsed = (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(url => source.ParseUrl(url, key)).OfType<Uri>().ToList();
        var (pathBase, publicUrl) = ReadPlace(source);
        return defaults with
        {
            EndpointUrls = parsed.Count > 0 ? parsed : defaults.EndpointUrls,
            AuthMode = source.Choice("Dashboard:Frontend:AuthMode", anonymous ? FrontendAuthMode.Unsecured : FrontendAuthMode.BrowserToken),
            BrowserToken = source.Text("Dashboard:Frontend:BrowserToken", "ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", "DOTNET_DASHBOARD_FRONTEND_BROWSERTOKEN").Value
                ?? RandomSecret(),
            ViewerToken = source.Text("Dashboard:Frontend:ViewerToken").Value,
            PublicUrl = publicUrl,
            PathBase = pathBase,
            TrustedProxies = source.List(
                "Dashboard:Frontend:TrustedProxies", static text => IPAddress.TryParse(text, out _) || IPNetwork.TryParse(text, out _), "addresses such as '10.0.0.7' or '10.0.0.0/8'"),
        };
    }

    /// <summary>Where browsers find the pages: below which path, and by which address. One must fit the other.</summary>
    private static (string PathBase, Uri? PublicUrl) ReadPlace(SettingsSource source)
    {
        const string PathKey = "Dashboard:Frontend:PathBase";
        var path = source.Text(PathKey).Value is { } text and not "/" ? text : "";
        if (path.Length > 0 && !(path[0] == '/' && path[1..].Split('/').All(IsSegment)))
        {
            source.Report($"Setting '{PathKey}' is '{path}', which is not a path such as '/dashboard': it begins with a slash, ends without one, and is made of letters, digits, '-', '_', '.' and '~'.");
            return ("", null);
        }

        var (url, urlKey) = source.Text("Dashboard:Frontend:PublicUrl");
        var publicUrl = url is null ? null : source.ParseUrl(url, urlKey);
        if (publicUrl is not null && publicUrl.AbsolutePath.TrimEnd('/') != path)
        {
            source.Report($"Setting '{urlKey}' is '{url}', but '{PathKey}' is '{(path.Length == 0 ? "/" : path)}'. Both name the path below which the pages are: give both the same.");
        }

        return (path, publicUrl);
    }

    private static bool IsSegment(string text) => text is not ("" or "." or "..") && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~');

    private static OtlpOptions ReadOtlp(SettingsSource source, bool anonymous)
    {
        var defaults = new OtlpOptions();
        var mode = source.Choice("Dashboard:Otlp:AuthMode", anonymous ? KeyAuthMode.Unsecured : KeyAuthMode.ApiKey);
        var primary = source.Text("Dashboard:Otlp:PrimaryApiKey").Value;
        if (mode == KeyAuthMode.ApiKey && primary is null && source.Text("Dashboard:Otlp:AuthMode").Value is not null)
        {
            source.Report("Setting 'Dashboard:Otlp:PrimaryApiKey' is missing, but 'Dashboard:Otlp:AuthMode' is ApiKey. Set the key, or set the mode to Unsecured.");
        }

        var random = mode == KeyAuthMode.ApiKey && primary is null;
        return defaults with
        {
            GrpcEndpointUrl = source.Url(
                defaults.GrpcEndpointUrl, "Dashboard:Otlp:GrpcEndpointUrl", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"),
            HttpEndpointUrl = source.Url(
                defaults.HttpEndpointUrl, "Dashboard:Otlp:HttpEndpointUrl", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"),
            AuthMode = mode,
            PrimaryApiKey = random ? RandomSecret() : primary,
            SecondaryApiKey = source.Text("Dashboard:Otlp:SecondaryApiKey").Value,
            IsKeyRandom = random,
            AllowedOrigins = source.List("Dashboard:Otlp:Cors:AllowedOrigins", IsOrigin, "origins such as 'https://shop.example.com', or '*'"),
            AllowedHeaders = source.List("Dashboard:Otlp:Cors:AllowedHeaders", IsHeader, "names of headers, or '*'"),
        };
    }

    private static bool IsOrigin(string text) => text == "*"
        || (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.GetLeftPart(UriPartial.Authority) == text && url.Scheme is "http" or "https");

    private static bool IsHeader(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '*');

    private static ApiOptions ReadApi(SettingsSource source, bool anonymous) => new()
    {
        Enabled = source.Flag("Dashboard:Api:Enabled", true),
        AuthMode = source.Choice("Dashboard:Api:AuthMode", anonymous ? KeyAuthMode.Unsecured : KeyAuthMode.ApiKey),
        PrimaryApiKey = source.Text("Dashboard:Api:PrimaryApiKey").Value,
        SecondaryApiKey = source.Text("Dashboard:Api:SecondaryApiKey").Value,
    };

    private static TelemetryLimits ReadLimits(SettingsSource source)
    {
        var defaults = new TelemetryLimits();
        int Limit(string name, int fallback, int max) => (int)source.Number("Dashboard:TelemetryLimits:" + name, fallback, 1, max);
        return new TelemetryLimits
        {
            MaxLogCount = Limit("MaxLogCount", defaults.MaxLogCount, 1_000_000),
            MaxTraceCount = Limit("MaxTraceCount", defaults.MaxTraceCount, 1_000_000),
            MaxMetricsCount = Limit("MaxMetricsCount", defaults.MaxMetricsCount, 1_000_000),
            MaxAttributeCount = Limit("MaxAttributeCount", defaults.MaxAttributeCount, 10_000),
            MaxAttributeLength = Limit("MaxAttributeLength", defaults.MaxAttributeLength, 1 << 20),
            MaxSpanEventCount = Limit("MaxSpanEventCount", defaults.MaxSpanEventCount, 10_000),
        };
    }

    private static StorageOptions ReadStorage(SettingsSource source)
    {
        var defaults = new StorageOptions();
        const string Section = "Dashboard:Storage:";
        const long Most = 1L << 50;
        var directory = Path.GetFullPath(source.Text(Section + "Directory").Value ?? defaults.Directory);
        var isProduction = source.Text("ASPNETCORE_ENVIRONMENT", "environment").Value?.Equals(Environments.Production, StringComparison.OrdinalIgnoreCase) == true;
        var options = defaults with
        {
            Directory = directory,
            MaxBytes = source.Number(Section + "MaxBytes", isProduction ? StorageOptions.ShareOf(Volume.TotalBytes(directory)) : defaults.MaxBytes, 1 << 20, Most),
            MaxAge = source.Span(Section + "MaxAge", defaults.MaxAge),
            RollupAge = source.Span(Section + "RollupAge", defaults.RollupAge),
            MinFreeBytes = source.Number(Section + "MinFreeBytes", defaults.MinFreeBytes, 0, Most),
            SegmentBytes = source.Number(Section + "SegmentBytes", defaults.SegmentBytes, 64 << 10, Most),
            SegmentAge = source.Span(Section + "SegmentAge", defaults.SegmentAge),
            FullText = source.Flag(Section + "FullText", defaults.FullText),
        };

        // Retention deletes whole segments: with one as large or as old as all may be it could only delete everything.
        if (options.SegmentBytes > options.MaxBytes / 2)
        {
            options = options with { SegmentBytes = options.MaxBytes / 4 };
        }

        if (options.SegmentAge > options.MaxAge / 2)
        {
            options = options with { SegmentAge = options.MaxAge / 4 };
        }

        return options;
    }

    private static string RandomSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
