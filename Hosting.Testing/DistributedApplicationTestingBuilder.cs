using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Makes builders for integration tests: of an AppHost as it is, or of an empty model.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Runs an AppHost's program up to its <c>Build()</c> and hands its builder to the test, which may change the model before it builds and starts it. Fixed ports are replaced by free ones, and there is no dashboard, unless the AppHost or the test says otherwise.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost's assembly: <c>Projects.AppHost</c>.</typeparam>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The program ended without building an application, or did not build one in time. What the program throws before it builds is thrown here.</exception>
    /// <example><code>
    /// await using var builder = await DistributedApplicationTestingBuilder.CreateAsync&lt;Projects.AppHost&gt;();
    /// await using var app = await builder.BuildAsync();
    /// await app.StartAsync();
    /// using var client = app.CreateHttpClient("site");
    /// </code></example>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class
        => CreateAsync(typeof(TEntryPoint), cancellationToken);

    /// <summary>Runs an AppHost's program up to its <c>Build()</c> and hands its builder to the test.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost's assembly: <c>Projects.AppHost</c>.</typeparam>
    /// <param name="args">Arguments for the AppHost. They hold even if the program does not hand its own on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The program ended without building an application, or did not build one in time.</exception>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class
        => CreateAsync(typeof(TEntryPoint), args, cancellationToken);

    /// <summary>Runs an AppHost's program up to its <c>Build()</c> and hands its builder to the test.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost's assembly: <c>Projects.AppHost</c>.</typeparam>
    /// <param name="args">Arguments for the AppHost. They hold even if the program does not hand its own on.</param>
    /// <param name="configureBuilder">Changes how the AppHost's builder is made, when the test's defaults are in place.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The program ended without building an application, or did not build one in time.</exception>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, CancellationToken cancellationToken = default)
        => CreateAsync(typeof(TEntryPoint), args, configureBuilder, cancellationToken);

    /// <summary>Runs an AppHost's program up to its <c>Build()</c> and hands its builder to the test.</summary>
    /// <param name="entryPoint">A type of the AppHost's assembly.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The program ended without building an application, or did not build one in time.</exception>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, CancellationToken cancellationToken = default)
        => CreateAsync(entryPoint, [], cancellationToken);

    /// <summary>Runs an AppHost's program up to its <c>Build()</c> and hands its builder to the test.</summary>
    /// <param name="entryPoint">A type of the AppHost's assembly.</param>
    /// <param name="args">Arguments for the AppHost. They hold even if the program does not hand its own on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The program ended without building an application, or did not build one in time.</exception>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, string[] args, CancellationToken cancellationToken = default)
        => CreateAsync(entryPoint, args, static (_, _) => { }, cancellationToken);

    /// <summary>Runs an AppHost's program up to its <c>Build()</c> and hands its builder to the test.</summary>
    /// <param name="entryPoint">A type of the AppHost's assembly.</param>
    /// <param name="args">Arguments for the AppHost. They hold even if the program does not hand its own on.</param>
    /// <param name="configureBuilder">Changes how the AppHost's builder is made, when the test's defaults are in place.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The program ended without building an application, or did not build one in time.</exception>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entryPoint);
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(configureBuilder);
        var factory = new ConfiguredFactory(entryPoint, args, configureBuilder);
        try
        {
            return new TestingBuilder(await factory.ReachBuildAsync(cancellationToken).ConfigureAwait(false), factory.BuildAsync, factory.DisposeAsync);
        }
        catch
        {
            await factory.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes the builder of an empty model, with free ports in place of fixed ones and without a dashboard, unless the arguments say otherwise.</summary>
    /// <param name="args">Arguments as an AppHost takes them.</param>
    /// <example><code>await using var builder = DistributedApplicationTestingBuilder.Create();</code></example>
    public static IDistributedApplicationTestingBuilder Create(params string[] args) => Create(args, static (_, _) => { });

    /// <summary>Makes the builder of an empty model, with free ports in place of fixed ones and without a dashboard, unless something says otherwise.</summary>
    /// <param name="args">Arguments as an AppHost takes them.</param>
    /// <param name="configureBuilder">Changes how the builder is made, when the test's defaults are in place.</param>
    public static IDistributedApplicationTestingBuilder Create(string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(configureBuilder);
        var builder = AppHostEvents.Observe(new EmptyModel(args, configureBuilder), () => new DistributedApplicationBuilder(new DistributedApplicationOptions { Args = args }));
        return new TestingBuilder(builder, _ => Task.FromResult(builder.Build()), () => ValueTask.CompletedTask);
    }

    private sealed class ConfiguredFactory(Type entryPoint, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
        : DistributedApplicationFactory(entryPoint, args)
    {
        protected override void OnBuilderCreating(DistributedApplicationOptions applicationOptions, HostApplicationBuilderSettings hostOptions)
            => configure(applicationOptions, hostOptions);
    }

    private sealed class EmptyModel(string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure) : IAppHostObserver
    {
        public void BuilderCreating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
        {
            TestDefaults.Apply(options, settings, args, appHost: null);
            configure(options, settings);
        }
    }
}
