using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging.Console;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Ingest.Import;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Queries.Export;
using Stack.Dashboard.Queries.Metrics;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web;
using Stack.Dashboard.Web.Api;

namespace Stack.Dashboard;

/// <summary>Puts the process together: settings, listeners, store, ways in, pages. Starting it is up to the caller.</summary>
internal static partial class DashboardHost
{
    // A failed start is reported by Program in one line; the host would add a stack trace.
    private static readonly KeyValuePair<string, string?>[] DefaultSettings =
    [
        new("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),
        new("Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host", "Critical"),
    ];

    /// <param name="args">Settings as <c>--Dashboard:Otlp:AuthMode=Unsecured</c>.</param>
    /// <param name="configure">Last word of a test, before anything is registered.</param>
    /// <exception cref="StartException">Settings are invalid, or the data folder belongs to another process.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // Everything is beside the program: an appsettings.json in the folder it is started from belongs to somebody else.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(DashboardHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = DefaultSettings });
        configure?.Invoke(builder);

        var options = OptionsReader.Read(builder.Configuration);
        var listeners = new Listeners(options);
        ConfigureServer(builder, listeners);
        AddServices(builder.Services, options, listeners);

        var app = builder.Build();
        UseTelemetryListeners(app);
        app.MapDashboardPages();
        app.MapTelemetryApi();
        if (options.Otlp.IsKeyRandom)
        {
            app.Lifetime.ApplicationStarted.Register(() => LogRandomKey(app.Logger, OtlpRoutes.ApiKeyHeader, options.Otlp.PrimaryApiKey!));
        }

        return app;
    }

    // All routes of one Kestrel can be reached on all its ports: what came in by an OTLP port ends here, and nowhere else is telemetry taken.
    private static void UseTelemetryListeners(WebApplication app)
    {
        var grpc = app.Services.GetRequiredService<GrpcEndpoint>();
        var http = app.Services.GetRequiredService<HttpEndpoint>();
        app.Use((HttpContext context, RequestDelegate next) => Listeners.KindOf(context) switch
        {
            ListenerKind.OtlpGrpc => grpc.HandleAsync(context),
            ListenerKind.OtlpHttp => http.HandleAsync(context),
            _ when OtlpRoutes.IsOtlp(context.Request.Path) => NotFound(context),
            _ => next(context),
        });
    }

    // Here the fallback of the pages would lead a sender to the login page.
    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static void ConfigureServer(WebApplicationBuilder builder, Listeners listeners)
    {
        // Without this the assets of a build (not published) are served empty when the environment is Production.
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            listeners.Open(kestrel);
        });

        // The slim host insists on the simple console format; the AppHost asks for JSON by LOGGING__CONSOLE__FORMATTERNAME.
        builder.Logging.AddConsole();
        builder.Services.PostConfigure<ConsoleLoggerOptions>(console =>
            console.FormatterName = builder.Configuration["Logging:Console:FormatterName"] ?? ConsoleFormatterNames.Simple);
    }

    private static void AddServices(IServiceCollection services, DashboardOptions options, Listeners listeners)
    {
        services.AddSingleton(options);
        services.AddSingleton(listeners);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new LiveRing(options.Storage.RingRows, options.Storage.RingBytes));
        services.AddSingleton<LiveBus>();
        services.AddSingleton(options.Storage);
        services.AddSingleton(new QueueBudget());
        services.AddSingleton<StoreStatus>();
        services.AddSingleton<TelemetryStore>();
        services.AddHostedService(provider => provider.GetRequiredService<TelemetryStore>());
        services.AddSingleton<ReadThreads>();
        services.AddSingleton<LogQueries>();
        services.AddSingleton<LogFigures>();
        services.AddSingleton<TraceQueries>();
        services.AddSingleton<OverviewQueries>();
        services.AddSingleton<SpanQueries>();
        services.AddSingleton<MetricQueries>();
        services.AddSingleton(options.Limits);
        services.AddSingleton<IngestCounters>();
        services.AddSingleton<Admission>();
        services.AddSingleton<RowMapper>();
        services.AddSingleton<ExportHandler>();
        services.AddSingleton<GrpcEndpoint>();
        services.AddSingleton<HttpEndpoint>();
        services.AddSingleton<StoreBackup>();
        services.AddSingleton<TelemetryExport>();
        services.AddSingleton<TelemetryImport>();
        services.AddSingleton<LogFollower>();
        services.AddSingleton<SpanFollower>();
        services.AddDashboardPages();
    }

    [LoggerMessage(7001, LogLevel.Information, "Telemetry is taken with the header '{Header}: {Key}'. Set 'Dashboard:Otlp:PrimaryApiKey' to choose the key.")]
    private static partial void LogRandomKey(ILogger logger, string header, string key);
}
