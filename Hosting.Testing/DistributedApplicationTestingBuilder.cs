namespace Aspire.Hosting.Testing;

/// <summary>Makes builders for integration tests: of an AppHost as it is, or of an empty model.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Runs an AppHost's program up to its <c>Build()</c> and hands its builder to the test, which may change the model before it builds and starts it. Fixed ports are replaced by free ones, and there is no dashboard, unless the arguments say otherwise.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost's assembly: <c>Projects.AppHost</c>.</typeparam>
    /// <param name="args">Arguments for the AppHost.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The program ended without building an application.</exception>
    /// <example><code>
    /// await using var builder = await DistributedApplicationTestingBuilder.CreateAsync&lt;Projects.AppHost&gt;();
    /// await using var app = await builder.BuildAsync();
    /// await app.StartAsync();
    /// using var client = app.CreateHttpClient("site");
    /// </code></example>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[]? args = null, CancellationToken cancellationToken = default)
        where TEntryPoint : class
        => CreateAsync(typeof(TEntryPoint), args, cancellationToken);

    /// <summary>Runs an AppHost's program up to its <c>Build()</c> and hands its builder to the test.</summary>
    /// <param name="entryPoint">A type of the AppHost's assembly.</param>
    /// <param name="args">Arguments for the AppHost.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The program ended without building an application.</exception>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, string[]? args = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entryPoint);
        var suspended = new SuspendedEntryPoint(entryPoint.Assembly, args ?? []);
        return await suspended.RunToBuildAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the builder of an empty model, with free ports in place of fixed ones and without a dashboard, unless the arguments say otherwise.</summary>
    /// <param name="args">Arguments as an AppHost takes them.</param>
    public static IDistributedApplicationTestingBuilder Create(params string[] args)
    {
        var options = new DistributedApplicationOptions { Args = [.. TestDefaults.Missing(args), .. args] };
        var builder = new DistributedApplicationBuilder(options);
        return new TestingBuilder(builder, () => Task.FromResult(builder.Build()), () => ValueTask.CompletedTask);
    }
}

/// <summary>The builder of an application under test.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable
{
    /// <summary>Builds the application; the test owns it and disposes it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

/// <summary>What a test wants unless it says otherwise.</summary>
internal static class TestDefaults
{
    private static readonly (string Key, string Value)[] Defaults =
    [
        ("environment", "Development"),
        ("DisableDashboard", "true"),
        ("DcpPublisher:RandomizePorts", "true"),
    ];

    public static IEnumerable<string> Missing(string[] args)
        => Defaults.Where(d => !args.Any(a => a.Contains(d.Key, StringComparison.OrdinalIgnoreCase)) && Environment.GetEnvironmentVariable($"DOTNET_{d.Key.ToUpperInvariant()}") is null).Select(d => $"--{d.Key}={d.Value}");
}
