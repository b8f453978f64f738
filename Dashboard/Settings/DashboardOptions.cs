using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Settings;

/// <summary>Every setting of the dashboard, read once at the start by <see cref="OptionsReader"/>.</summary>
internal sealed record DashboardOptions
{
    public FrontendOptions Frontend { get; init; } = new();

    public OtlpOptions Otlp { get; init; } = new();

    public ApiOptions Api { get; init; } = new();

    public TelemetryLimits Limits { get; init; } = new();

    public StorageOptions Storage { get; init; } = new();

    /// <summary>The AppHost's control socket (<c>Dashboard:Control:SocketPath</c>, <c>STACK_CONTROL_SOCKET</c>); null = the dashboard runs alone.</summary>
    public string? ControlSocket { get; init; }
}

/// <summary>Pages and telemetry API (<c>Dashboard:Frontend</c>).</summary>
internal sealed record FrontendOptions
{
    public IReadOnlyList<Uri> EndpointUrls { get; init; } = [new("http://127.0.0.1:18888")];

    public FrontendAuthMode AuthMode { get; init; }

    /// <summary>Signs an operator in; random when the settings name none.</summary>
    public string BrowserToken { get; init; } = "";

    /// <summary>Signs a reader in; null = there is no such role.</summary>
    public string? ViewerToken { get; init; }

    /// <summary>The address browsers use when it is not that of the listener.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Below which path of its host a proxy shows the pages: <c>/dashboard</c>, without a slash at its end; empty = at the root.</summary>
    public string PathBase { get; init; } = "";

    /// <summary>Whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed: addresses or networks, as <c>127.0.0.1, 10.0.0.0/8</c>; empty = nobody's.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];
}

/// <summary>How people sign in.</summary>
internal enum FrontendAuthMode
{
    BrowserToken,
    Unsecured,
}

/// <summary>How programs are let in.</summary>
internal enum KeyAuthMode
{
    ApiKey,
    Unsecured,
}

/// <summary>The two ways in for telemetry (<c>Dashboard:Otlp</c>).</summary>
internal sealed record OtlpOptions
{
    public Uri GrpcEndpointUrl { get; init; } = new("http://127.0.0.1:18889");

    public Uri HttpEndpointUrl { get; init; } = new("http://127.0.0.1:18890");

    public KeyAuthMode AuthMode { get; init; }

    public string? PrimaryApiKey { get; init; }

    public string? SecondaryApiKey { get; init; }

    /// <summary>Web pages that may send telemetry from a browser, as <c>https://shop.example.com</c>; <c>*</c> = any; empty = none.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Headers that such a page may send on top of those of OTLP; <c>*</c> = any.</summary>
    public IReadOnlyList<string> AllowedHeaders { get; init; } = [];

    /// <summary>The settings named no key: a random one was made, and the start prints it.</summary>
    public bool IsKeyRandom { get; init; }
}

/// <summary>The telemetry API (<c>Dashboard:Api</c>).</summary>
internal sealed record ApiOptions
{
    public bool Enabled { get; init; } = true;

    public KeyAuthMode AuthMode { get; init; }

    /// <summary>Null = no key opens it, only a signed-in browser.</summary>
    public string? PrimaryApiKey { get; init; }

    public string? SecondaryApiKey { get; init; }
}

/// <summary>What one record may hold, and how many the live ring keeps (<c>Dashboard:TelemetryLimits</c>).</summary>
internal sealed record TelemetryLimits
{
    public int MaxLogCount { get; init; } = 10_000;

    public int MaxTraceCount { get; init; } = 10_000;

    public int MaxMetricsCount { get; init; } = 50_000;

    public int MaxAttributeCount { get; init; } = 128;

    /// <summary>In characters.</summary>
    public int MaxAttributeLength { get; init; } = 8 * 1024;

    public int MaxSpanEventCount { get; init; } = 128;
}
