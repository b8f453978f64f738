using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Hosting.Testing.Tests.AnySite;
using ServiceDefaults.Tests.Fakes;
using Stack.Hosting.Building;
using Testing;

[assembly: AssemblyFixture(typeof(RunningSites))]

namespace Hosting.Testing.Tests.AnySite;

/// <summary>
/// The sites as an AppHost runs them: the templates as four replicas behind Nginx each, with the dashboard beside them; the other sites send to a collector of the test.
/// </summary>
public sealed class RunningSites : IAsyncDisposable
{
    public const int Replicas = 4;

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly SiteSources _sources = new();
    private readonly TempFolder _temp = new();
    private readonly SemaphoreSlim _once = new(1);
    private IDistributedApplicationTestingBuilder? _builder;
    private OtlpReceiver? _collector;
    private SitesDashboard? _dashboard;
    private DistributedApplication? _app;

    /// <summary>Has what the templates and Nginx send.</summary>
    internal SitesDashboard Dashboard => _dashboard!;

    /// <summary>Has what the other sites send.</summary>
    internal OtlpReceiver Collector => _collector!;

    internal DistributedApplication App => _app!;

    /// <summary>Starts everything with the first call.</summary>
    internal async Task<RunningSites> StartAsync()
    {
        await _once.WaitAsync();
        try
        {
            if (_app is null)
            {
                await _sources.MakeAsync();
                _collector = await OtlpReceiver.StartGrpcAsync();
                await RunAsync();
            }
        }
        finally
        {
            _once.Release();
        }

        return this;
    }

    public async ValueTask DisposeAsync()
    {
        _dashboard?.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_builder is not null)
        {
            await _builder.DisposeAsync();
        }

        if (_collector is not null)
        {
            await _collector.DisposeAsync();
        }

        _once.Dispose();
        _sources.Dispose();
        _temp.Dispose();
    }

    internal string ConsoleOf(string replica) => File.ReadAllText(Path.Combine(_temp.Path, "state", "logs", $"{replica}.log"));

    /// <summary>Addresses of the replicas of a resource.</summary>
    internal IReadOnlyList<Uri> Addresses(string resource)
        => [.. Names(resource).Select(name => App.GetEndpoint(name, "http"))];

    internal IReadOnlyList<string> Names(string resource) => _builder!.Resources.Single(r => r.Name == resource).GetResolvedResourceNames();

    private async Task RunAsync()
    {
        _builder = DistributedApplicationTestingBuilder.Create(
            [$"--Stack:State={_temp.Path}/state", $"--AppHost:DashboardApiKey={SitesDashboard.Key}", "--Stack:Nginx:Runtime=process"],
            (options, _) => (options.AssemblyName, options.DisableDashboard) = (typeof(Projects.AppHost).Assembly.GetName().Name, false)); // the product's AppHost knows where its dashboard is
        var mvc = _builder.AddProject("mvc", _sources.Mvc).WithReplicas(Replicas);
        var razor = _builder.AddProject("razor", _sources.Razor).WithReplicas(Replicas);
        var api = _builder.AddProject("api", _sources.PublishedApi).WithHttpEndpoint().WithReplicas(Replicas);
        _builder.AddNginx("gateway").WithUpstream(mvc).WithHost("razor.example", razor).WithHost("api.example", api);
        foreach (var kind in new[] { "slim", "empty", "cleared", "own", "classic" })
        {
            _builder.AddProject(kind, _sources.KindsFolder).WithHttpEndpoint().WithArgs(kind).WithEnvironment(SendsTo);
        }

        _builder.AddProject("forgetful", _sources.KindsFolder).WithHttpEndpoint().WithArgs("forgetful").WithReplicas(2).WithEnvironment(SendsTo).WithEnvironment("Stack__Warnings__RateLimiter", "false");
        _builder.AddProject("plain", _sources.KindsFolder).WithHttpEndpoint().WithArgs("slim").WithEnvironment(SendsTo).WithServiceDefaults(inject: false);
        _builder.AddProject("worker", _sources.KindsFolder).WithArgs("worker").WithEnvironment(SendsTo);
        _app = await _builder.BuildAsync();
        await _app.StartAsync().Within(StartLimit);
        foreach (var resource in _builder.Resources.Where(r => r.Name != "worker").ToList())
        {
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(resource.Name).Within(StartLimit, () => LastLines(resource.Name));
        }

        _dashboard = new SitesDashboard(_app.GetEndpoint("aspire-dashboard", "http"));
    }

    private void SendsTo(EnvironmentCallbackContext context) => context.EnvironmentVariables["OTEL_EXPORTER_OTLP_ENDPOINT"] = Collector.Endpoint;

    private string LastLines(string resource)
        => string.Join('\n', Directory.GetFiles(Path.Combine(_temp.Path, "state", "logs"), $"{resource}*.log").SelectMany(f => File.ReadLines(f).TakeLast(10).Prepend(f)));
}
