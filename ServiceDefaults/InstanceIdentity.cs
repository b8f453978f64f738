using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Stack.ServiceDefaults;

/// <summary>Which replica this process is; a service that any part of the site may ask for.</summary>
public sealed record InstanceIdentity
{
    /// <summary>Name of the replica (<c>STACK_INSTANCE</c>), as <c>site-8003</c>; <c>host:pid</c> when the site runs by itself.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the service that the replica belongs to: <c>OTEL_SERVICE_NAME</c>, else the name of the application.</summary>
    public required string Service { get; init; }

    /// <summary>0-based index among the replicas (<c>STACK_INDEX</c>); null when the site runs by itself.</summary>
    public int? Index { get; init; }

    /// <summary>How many replicas there were when this one was launched (<c>STACK_REPLICAS</c>); null when the site runs by itself.</summary>
    public int? Replicas { get; init; }

    /// <summary>The replica's own port (<c>PORT</c>); null when the site runs by itself.</summary>
    public int? Port { get; init; }

    /// <summary>Id of the process.</summary>
    public int ProcessId { get; init; } = Environment.ProcessId;

    /// <summary>When the process was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Version of the site: its informational version, else its assembly version.</summary>
    public required string Version { get; init; }

    internal static InstanceIdentity From(IConfiguration configuration, IHostEnvironment environment) => new()
    {
        Name = Text(configuration, "STACK_INSTANCE") ?? $"{Environment.MachineName}:{Environment.ProcessId}",
        Service = ServiceName(configuration, environment),
        Index = Number(configuration, "STACK_INDEX"),
        Replicas = Number(configuration, "STACK_REPLICAS"),
        Port = Number(configuration, "PORT"),
        StartedAt = ProcessStart(),
        Version = VersionOf(environment.ApplicationName),
    };

    internal static string ServiceName(IConfiguration configuration, IHostEnvironment environment)
        => Text(configuration, "OTEL_SERVICE_NAME") ?? environment.ApplicationName;

    private static string? Text(IConfiguration configuration, string key)
        => configuration[key] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    // A number that is none is as good as missing: PORT in particular is a common name that may mean something else to the site.
    private static int? Number(IConfiguration configuration, string key)
        => int.TryParse(configuration[key], out var number) ? number : null;

    private static DateTimeOffset ProcessStart()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime).ToUniversalTime();
    }

    private static string VersionOf(string application)
    {
        var assembly = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(loaded => loaded.GetName().Name == application)
            ?? Assembly.GetEntryAssembly();
        return assembly?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? assembly?.GetName().Version?.ToString()
            ?? "0.0.0";
    }
}
