using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Testing;

namespace WebSite.Tests.Fakes;

/// <summary>The product's AppHost as one of several machines runs it: a state folder, a gateway and two replicas of its own, on free ports; the database and the folder of the key ring are those of all machines.</summary>
internal sealed class Machine(string connectionString, string keys) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _state = new();
    private IDistributedApplicationTestingBuilder? _builder;
    private DistributedApplication? _app;
    private ProjectResource? _site;

    /// <summary>Its gateway.</summary>
    public Uri Gateway => AddressOf("nginx");

    /// <summary>Its replicas, by name.</summary>
    public IReadOnlyDictionary<string, Uri> Replicas { get; private set; } = new Dictionary<string, Uri>();

    public async Task StartAsync()
    {
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([$"--Stack:State={_state.Path}", $"--Stack:Keys={keys}", $"--ConnectionStrings:board={connectionString}"]);
        _site = _builder.Resources.OfType<ProjectResource>().Single(r => r.Name == "site");
        _builder.CreateResourceBuilder(_site).WithReplicas(2).WithEnvironment("Board__LongPoll", "00:00:01"); // which a roll waits for
        _app = await _builder.BuildAsync();
        await _app.StartAsync().Within(Patience);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("site").Within(Patience);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("nginx").Within(Patience);
        Replicas = (await NamesAsync().Within()).ToDictionary(name => name, AddressOf);
    }

    /// <summary>Restarts its replicas one after another.</summary>
    public async Task RollAsync()
    {
        var result = await _app!.ResourceCommands.ExecuteCommandAsync(_site!, "roll").Within(Patience);
        result.Success.ShouldBeTrue(result.ErrorMessage);
    }

    /// <summary>Ends the AppHost, and all that it runs with it.</summary>
    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync().Within(Patience);
            await app.DisposeAsync();
            await _builder!.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _state.Dispose();
    }

    private async Task<IReadOnlySet<string>> NamesAsync()
    {
        HashSet<string> names = [];
        await foreach (var change in _app!.ResourceNotifications.WatchAsync())
        {
            if (ReferenceEquals(change.Resource, _site) && names.Add(change.ResourceId) && names.Count == 2)
            {
                break;
            }
        }

        return names;
    }

    // A browser's cookies are for one host, by whatever name.
    private Uri AddressOf(string name) => new UriBuilder(_app!.GetEndpoint(name)) { Host = "127.0.0.1" }.Uri;
}
