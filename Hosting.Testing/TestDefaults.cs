using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>What a test wants unless something says otherwise: arguments, variables, settings files, the AppHost's launch profile or the test itself.</summary>
internal static class TestDefaults
{
    private const string DisableDashboard = "DisableDashboard";

    private static readonly KeyValuePair<string, string?>[] Defaults =
    [
        new("environment", "Development"),
        new("DcpPublisher:RandomizePorts", "true"),
        new("DcpPublisher:WaitForResourceCleanup", "true"),
        new("DcpPublisher:ContainerRuntimeInitializationTimeout", "00:00:30"),
        new("ASPNETCORE_URLS", "http://localhost:8080"),
        new("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:4317"),
    ];

    /// <param name="options">How the AppHost's builder is made.</param>
    /// <param name="settings">How the host builder inside it is made.</param>
    /// <param name="args">The test's arguments.</param>
    /// <param name="appHost">The AppHost's assembly; null: an empty model.</param>
    public static void Apply(DistributedApplicationOptions options, HostApplicationBuilderSettings settings, string[] args, Assembly? appHost)
    {
        settings.Args = WithArguments(settings.Args ?? [], args);
        if (appHost is not null)
        {
            options.AssemblyName ??= appHost.GetName().Name;
            settings.ApplicationName ??= appHost.GetName().Name;
        }

        // What is not set here comes from sources that are added later, so that each of them wins.
        var configuration = settings.Configuration ??= new ConfigurationManager();
        Dictionary<string, string?> missing = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in (appHost is null ? [] : AppHostLaunchProfile.Variables(appHost)).Concat(Defaults))
        {
            if (configuration[key] is null)
            {
                missing.TryAdd(key, value);
            }
        }

        configuration.AddInMemoryCollection(missing);

        // An option and no setting: the test's callback may take it back.
        var said = new ConfigurationBuilder().AddConfiguration(configuration).AddEnvironmentVariables().AddCommandLine(Stack.Hosting.Building.CommandLine.Map(settings.Args)).Build();
        if (said[DisableDashboard] is null)
        {
            options.DisableDashboard = true;
        }
    }

    // A program that hands its arguments on has them in there already.
    private static string[] WithArguments(string[] before, string[] args)
        => args.Length == 0 || before.AsSpan().EndsWith(args) ? before : [.. before, .. args];
}
