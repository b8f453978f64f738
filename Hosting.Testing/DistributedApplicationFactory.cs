using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Runs an AppHost for tests. Derive from it to take part in how its application is made.</summary>
/// <param name="entryPoint">A type of the AppHost's assembly: <c>typeof(Projects.AppHost)</c>.</param>
/// <param name="args">Arguments for the AppHost. They hold even if the program does not hand its own on.</param>
/// <example><code>
/// await using var factory = new DistributedApplicationFactory(typeof(Projects.AppHost));
/// await factory.StartAsync();
/// using var client = factory.CreateHttpClient("site");
/// </code></example>
public class DistributedApplicationFactory(Type entryPoint, string[] args) : IDisposable, IAsyncDisposable
{
    private readonly Type _entryPoint = entryPoint ?? throw new ArgumentNullException(nameof(entryPoint));
    private readonly string[] _args = args ?? throw new ArgumentNullException(nameof(args));
    private readonly Lock _lock = new();
    private EntryPointRun? _run;
    private DistributedApplication? _app;
    private bool _started;
    private bool _disposed;

    /// <summary>Creates the factory without arguments for the AppHost.</summary>
    /// <param name="entryPoint">A type of the AppHost's assembly.</param>
    public DistributedApplicationFactory(Type entryPoint)
        : this(entryPoint, [])
    {
    }

    /// <summary>Runs the AppHost's program up to its <c>Build()</c>, and starts the application.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The program ended without building an application, or did not build one in time; or the application was started already. What the program throws before it builds is thrown here.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await ReachBuildAsync(cancellationToken).ConfigureAwait(false);
        var app = await BuildAsync(cancellationToken).ConfigureAwait(false);
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        _started = true;
    }

    /// <summary>Makes an HTTP client for a resource. It is the caller's to dispose.</summary>
    /// <param name="resourceName">Name of the resource, or of one of its replicas (ours).</param>
    /// <param name="endpointName">Name of the endpoint; default <c>https</c>, else <c>http</c>.</param>
    /// <exception cref="InvalidOperationException">The application has not been started.</exception>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    public HttpClient CreateHttpClient(string resourceName, string? endpointName = null) => Started().CreateHttpClient(resourceName, endpointName);

    /// <summary>The connection string of a resource.</summary>
    /// <param name="resourceName">Name of the resource.</param>
    /// <exception cref="InvalidOperationException">The application has not been started.</exception>
    /// <exception cref="ArgumentException">There is no such resource, or it has no connection string.</exception>
    public ValueTask<string?> GetConnectionString(string resourceName) => Started().GetConnectionStringAsync(resourceName);

    /// <summary>The address of a resource.</summary>
    /// <param name="resourceName">Name of the resource, or of one of its replicas (ours).</param>
    /// <param name="endpointName">Name of the endpoint; default <c>https</c>, else <c>http</c>.</param>
    /// <exception cref="InvalidOperationException">The application has not been started.</exception>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    public Uri GetEndpoint(string resourceName, string? endpointName = null) => Started().GetEndpoint(resourceName, endpointName);

    /// <summary>Stops and disposes the application, if it was built, and lets the program go.</summary>
    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops and disposes the application, if it was built, and lets the program go.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        EntryPointRun? run;
        lock (_lock)
        {
            _disposed = true;
            run = _run;
        }

        if (run is not null)
        {
            await run.DisposeAsync().ConfigureAwait(false);
        }

        if (_app is not null)
        {
            await _app.DisposeAsync().ConfigureAwait(false);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Runs the program up to its <c>Build()</c>.</summary>
    internal Task<DistributedApplicationBuilder> ReachBuildAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _run ??= new EntryPointRun(Program(), _args, new Observer(this), EntryPointRun.DefaultLimit);
        }

        return _run.Suspended.WaitAsync(cancellationToken);
    }

    /// <summary>Lets the program build its application, which ends the program.</summary>
    internal async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _app = await _run!.ResumeAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return _app;
    }

    /// <summary>The program to run: the one of the entry point's assembly.</summary>
    internal virtual EntryPointProgram Program() => EntryPointProgram.Of(_entryPoint.Assembly);

    /// <summary>Called before the AppHost's builder is made, with the test's defaults in place.</summary>
    /// <param name="applicationOptions">How the builder is made.</param>
    /// <param name="hostOptions">How the host builder inside it is made.</param>
    protected virtual void OnBuilderCreating(DistributedApplicationOptions applicationOptions, HostApplicationBuilderSettings hostOptions)
    {
    }

    /// <summary>Called when the AppHost's builder is made and its model is still empty.</summary>
    /// <param name="applicationBuilder">The builder.</param>
    protected virtual void OnBuilderCreated(DistributedApplicationBuilder applicationBuilder)
    {
    }

    /// <summary>Called when the AppHost's program has declared everything and is about to build.</summary>
    /// <param name="applicationBuilder">The builder.</param>
    protected virtual void OnBuilding(DistributedApplicationBuilder applicationBuilder)
    {
    }

    /// <summary>Called when the application is built and nothing of it runs yet.</summary>
    /// <param name="application">The application.</param>
    protected virtual void OnBuilt(DistributedApplication application)
    {
    }

    private DistributedApplication Started()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _started ? _app! : throw new InvalidOperationException("The application has not been started. Call StartAsync first.");
    }

    private sealed class Observer(DistributedApplicationFactory factory) : IAppHostObserver
    {
        public void BuilderCreating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
        {
            TestDefaults.Apply(options, settings, factory._args, factory._entryPoint.Assembly);
            factory.OnBuilderCreating(options, settings);
        }

        public void BuilderCreated(DistributedApplicationBuilder builder) => factory.OnBuilderCreated(builder);

        public void Building(DistributedApplicationBuilder builder) => factory.OnBuilding(builder);

        public void Built(DistributedApplication app) => factory.OnBuilt(app);
    }
}
