using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Orchestration;

/// <summary>The dashboard as a resource of the model: an executable of our own, supervised like a replica.</summary>
internal static class DashboardResource
{
    public const string Name = "aspire-dashboard";

    /// <exception cref="DistributedApplicationException">The dashboard was not built, or an address of it would be open to the network without encryption.</exception>
    public static ExecutableResource Create(IConfiguration configuration, StackOptions options, StateFolder state, StackSecrets secrets)
    {
        var assembly = options.DashboardAssembly
            ?? throw new DistributedApplicationException("The AppHost's build did not say where the dashboard is. Reference its project with IsStackDashboard=\"true\", or run without it: DisableDashboard=true.");
        if (!File.Exists(assembly))
        {
            throw new DistributedApplicationException($"The dashboard '{assembly}' does not exist. Build the AppHost again, or run without it: DisableDashboard=true.");
        }

        DashboardAddresses.EnsureSecured(configuration, options.AllowUnsecuredTransport);
        var resource = new ExecutableResource(Name, LaunchPlanner.DotnetHost(), Path.GetDirectoryName(assembly)!);
        var annotations = resource.Annotations;
        if (!DashboardAddresses.Truth(configuration, "ASPIRE_SHOW_DASHBOARD_RESOURCES", "DOTNET_ASPIRE_SHOW_DASHBOARD_RESOURCES"))
        {
            annotations.Add(new HiddenAnnotation());
        }

        annotations.Add(new RestartPolicyAnnotation(RestartMode.Always));
        var front = Endpoint("http", DashboardAddresses.FrontEnd(configuration));
        var grpc = Endpoint("otlp-grpc", DashboardAddresses.OtlpGrpc(configuration));
        var http = Endpoint("otlp-http", DashboardAddresses.OtlpHttp(configuration));
        annotations.Add(front);
        annotations.Add(grpc);
        annotations.Add(http);
        annotations.Add(new HttpHealthCheckAnnotation(() => resource.GetEndpoint("http"), "/health", 200, $"{Name}_health"));
        annotations.Add(new CommandLineArgsCallbackAnnotation(args => args.Add(assembly)));
        annotations.Add(new EnvironmentCallbackAnnotation(context =>
        {
            var environment = context.EnvironmentVariables;
            environment["ASPNETCORE_URLS"] = Url(front);
            environment["ASPNETCORE_ENVIRONMENT"] = options.EnvironmentName;
            environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Url(grpc);
            environment["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = Url(http);
            environment["DASHBOARD__FRONTEND__AUTHMODE"] = IsAnonymous(configuration) ? "Unsecured" : "BrowserToken";
            environment["DASHBOARD__FRONTEND__BROWSERTOKEN"] = new SensitiveText(BrowserToken(configuration, secrets));
            if (configuration["ASPIRE_DASHBOARD_FRONTEND_VIEWERTOKEN"] is { Length: > 0 } viewer)
            {
                environment["DASHBOARD__FRONTEND__VIEWERTOKEN"] = new SensitiveText(viewer);
            }

            environment["DASHBOARD__OTLP__AUTHMODE"] = IsAnonymous(configuration) ? "Unsecured" : "ApiKey";
            environment["DASHBOARD__OTLP__PRIMARYAPIKEY"] = new SensitiveText(secrets.OtlpApiKey);
            environment["DASHBOARD__API__PRIMARYAPIKEY"] = new SensitiveText(secrets.DashboardApiKey);
            environment["DASHBOARD__STORAGE__DIRECTORY"] = state.Telemetry;
            environment["DASHBOARD__APPLICATIONNAME"] = configuration["AppHost:DashboardApplicationName"] ?? options.AppName;
            environment["LOGGING__CONSOLE__FORMATTERNAME"] = "json";

            // glibc keeps what SQLite frees in an arena of each thread: 280 to 350 MB after ten minutes under load, 175 MB with one arena for all.
            environment["MALLOC_ARENA_MAX"] = "1";
            environment["STACK_CONTROL_SOCKET"] = RunFolder.ControlSocket(options.RunFolder);
        }));
        return resource;
    }

    /// <summary>Has senders told where it listens, now that its ports are allocated.</summary>
    public static void Announce(IResource dashboard, IConfiguration configuration)
        => DashboardAddresses.Move(configuration, Url(Endpoint(dashboard, "otlp-grpc")), Url(Endpoint(dashboard, "otlp-http")));

    public static DashboardAccess Access(IResource dashboard, IConfiguration configuration, StackSecrets secrets)
    {
        var url = Url(Endpoint(dashboard, "http"));
        return new DashboardAccess
        {
            Url = url,
            LoginUrl = IsAnonymous(configuration) ? url : $"{url}/login?t={Uri.EscapeDataString(BrowserToken(configuration, secrets))}",
            ApiKey = secrets.DashboardApiKey,
        };
    }

    private static string Url(EndpointAnnotation endpoint) => endpoint.AllocatedEndpoint!.UriString;

    private static bool IsAnonymous(IConfiguration configuration)
        => DashboardAddresses.Truth(configuration, "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", "DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS");

    private static string BrowserToken(IConfiguration configuration, StackSecrets secrets)
        => configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"] is { Length: > 0 } token ? token : secrets.BrowserToken;

    private static EndpointAnnotation Endpoint(IResource dashboard, string name) => dashboard.Annotations.OfType<EndpointAnnotation>().First(e => e.Name == name);

    private static EndpointAnnotation Endpoint(string name, string url)
    {
        var parsed = BindingUrl.Parse(url);
        return new EndpointAnnotation(System.Net.Sockets.ProtocolType.Tcp, parsed.Scheme, name: name, port: parsed.Port) { TargetHost = parsed.Host };
    }
}
