using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Linux;

/// <summary>What a Linux machine runs: a program of the plan, or the dashboard.</summary>
/// <param name="Name">Its name: <c>site</c>.</param>
/// <param name="Source">What it is built from, from the root of the sources on: a project file, or a folder that a site was published to.</param>
/// <param name="File">Name of its executable.</param>
/// <param name="HealthPath">200 when it may get requests; null: it has none.</param>
/// <param name="Common">The variables that all its processes have.</param>
internal sealed record LinuxProgram(string Name, string Source, string File, string? HealthPath, IReadOnlyDictionary<string, PublishedValue> Common)
{
    /// <summary>As it is in the plan; null: it is the dashboard.</summary>
    public PublishedProgram? Program { get; init; }

    public bool IsJob => Program?.IsJob == true;

    /// <summary>False: somebody else starts it, with variables of its own.</summary>
    public bool IsService { get; init; } = true;

    /// <summary>True: variables whose parameters were given no value are left out, and are its to decide.</summary>
    public bool HasDefaults { get; init; }

    /// <summary>What tells its replicas apart in names of units and files: the port, or the number of one that has none.</summary>
    public static string KeyOf(PublishedReplica replica) => $"{replica.Port ?? replica.Index}";

    public static LinuxProgram Of(PublishedProgram program, PublishSources sources) => new(
        program.Name, sources.Relative(program.Folder ?? program.ProjectPath!), Path.GetFileNameWithoutExtension(program.Assembly!), program.HealthPath, program.Common)
    {
        Program = program,
    };

    public static LinuxProgram Of(PublishedDashboard dashboard, PublishPlan plan)
    {
        SortedDictionary<string, PublishedValue> variables = new(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = new("Production"),
            ["ASPNETCORE_URLS"] = new($"http://127.0.0.1:{PublishedDashboard.Port}"),
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = new($"http://127.0.0.1:{PublishedDashboard.OtlpGrpcPort}"),
            ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = new($"http://127.0.0.1:{PublishedDashboard.OtlpHttpPort}"),
            ["DASHBOARD__API__PRIMARYAPIKEY"] = Of(dashboard.ApiKey),
            ["DASHBOARD__APPLICATIONNAME"] = new(plan.AppName),
            ["DASHBOARD__FRONTEND__AUTHMODE"] = new("BrowserToken"),
            ["DASHBOARD__FRONTEND__BROWSERTOKEN"] = Of(dashboard.BrowserToken),
            ["DASHBOARD__OTLP__AUTHMODE"] = new("ApiKey"),
            ["DASHBOARD__OTLP__PRIMARYAPIKEY"] = Of(dashboard.OtlpKey),
            ["DASHBOARD__STORAGE__DIRECTORY"] = new($"{new LinuxPaths(plan.AppName).State}/telemetry"),
            ["LOGGING__CONSOLE__FORMATTERNAME"] = new("json"),

            // As the AppHost starts it: glibc keeps an arena of each thread otherwise.
            ["MALLOC_ARENA_MAX"] = new("1"),
        };
        return new LinuxProgram(PublishedDashboard.Name, plan.Sources.Relative(dashboard.ProjectPath!), Path.GetFileNameWithoutExtension(dashboard.Assembly), "/health", variables);
    }

    private static PublishedValue Of(Aspire.Hosting.ApplicationModel.ParameterResource parameter) => new([new ValuePart("", parameter)]);
}

/// <summary>Where an application's parts are on a Linux machine.</summary>
internal sealed record LinuxPaths(string App)
{
    public string Programs => $"/opt/{App}";

    public string Settings => $"/etc/{App}";

    public string Seed => $"{Settings}/secrets.env";

    public string State => $"/var/lib/stack/{App}";

    public string Run => $"/run/{App}";

    public string Flags => $"{Run}/drain";

    public string Current(string program) => $"{Programs}/{program}/current";

    /// <summary>The release that an AppHost began with.</summary>
    public string First(string program) => $"{Programs}/{program}/first";
}
