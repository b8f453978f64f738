using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace Stack.Hosting.Building;

/// <summary>The AppHost's own switches: which configuration keys they set, and which mode follows from them.</summary>
internal static class CommandLine
{
    private const string ManifestPublisher = "manifest";
    private const string Replicas = "replicas";

    private static readonly Dictionary<string, string> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["operation"] = "AppHost:Operation",
        ["publisher"] = "Publishing:Publisher",
        ["step"] = "Pipeline:Step",
        ["output-path"] = "Pipeline:OutputPath",
        ["log-level"] = "Pipeline:LogLevel",
        ["include-exception-details"] = "Pipeline:IncludeExceptionDetails",
        ["clear-cache"] = "Pipeline:ClearCache",
        ["dcp-container-runtime"] = "DcpPublisher:ContainerRuntime",
        ["dcp-dependency-check-timeout"] = "DcpPublisher:DependencyCheckTimeout",
        ["app-name"] = "Stack:AppName",
        ["release"] = "Publishing:Release",
        ["supervisor"] = "Publishing:Supervisor",
        ["force"] = "Publishing:Force",
        ["state"] = "Stack:State",
    };

    // They may stand alone, which means true. .NET's own provider would take the next switch for their value.
    private static readonly HashSet<string> Flags = new(StringComparer.OrdinalIgnoreCase) { "include-exception-details", "clear-cache", "force" };

    /// <summary>Replaces a switch by the key it stands for: <c>--operation run</c> becomes <c>--AppHost:Operation run</c>.</summary>
    public static string[] Map(IReadOnlyList<string> args)
    {
        List<string> mapped = [];
        for (var i = 0; i < args.Count; i++)
        {
            var next = i + 1 < args.Count ? args[i + 1] : null;
            var (prefix, name, value) = Split(args[i]);
            if (prefix == "--" && string.Equals(name, Replicas, StringComparison.OrdinalIgnoreCase) && (value?[1..] ?? next) is { } wish && wish.Contains('=', StringComparison.Ordinal))
            {
                // --replicas site=8, as often as there are resources
                mapped.Add($"--Publishing:Replicas:{wish}");
                i += value is null ? 1 : 0;
            }
            else if (prefix.Length > 0 && Switches.TryGetValue(name, out var key))
            {
                mapped.Add($"--{key}{value ?? (Flags.Contains(name) && !IsValue(next) ? "=true" : "")}");
            }
            else if (prefix == "--" && name.StartsWith("dcp-", StringComparison.OrdinalIgnoreCase))
            {
                // Settings of Aspire's orchestrator, which Stack does not have: left out, with their value.
                i += value is null && IsValue(next) ? 1 : 0;
            }
            else
            {
                mapped.Add(args[i]);
            }
        }

        return [.. mapped];
    }

    /// <summary>The mode that configuration asks for, and the keys that follow from it.</summary>
    /// <exception cref="DistributedApplicationException">The operation is neither run nor publish.</exception>
    public static DistributedApplicationExecutionContextOptions Mode(ConfigurationManager configuration)
    {
        var publisher = configuration["Publishing:Publisher"] is { Length: > 0 } named ? named : null;
        if (string.Equals(publisher, ManifestPublisher, StringComparison.OrdinalIgnoreCase))
        {
            SetIfMissing(configuration, "AppHost:Operation", nameof(DistributedApplicationOperation.Publish));
            SetIfMissing(configuration, "Pipeline:Step", "publish-manifest");
        }

        var operation = configuration["AppHost:Operation"];
        return operation switch
        {
            null or "" => publisher is null ? new(DistributedApplicationOperation.Run) : new(DistributedApplicationOperation.Publish, publisher),
            _ when Is(operation, DistributedApplicationOperation.Run) => new(DistributedApplicationOperation.Run, publisher ?? ManifestPublisher),
            _ when Is(operation, DistributedApplicationOperation.Publish) => new(DistributedApplicationOperation.Publish, publisher ?? ManifestPublisher),
            _ => throw new DistributedApplicationException($"The operation '{operation}' is not known. Use --operation run or --operation publish."),
        };
    }

    private static bool Is(string text, DistributedApplicationOperation operation) => string.Equals(text, operation.ToString(), StringComparison.OrdinalIgnoreCase);

    private static void SetIfMissing(ConfigurationManager configuration, string key, string value)
    {
        if (string.IsNullOrEmpty(configuration[key]))
        {
            configuration.AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]);
        }
    }

    private static bool IsValue(string? next) => next is not null && !next.StartsWith('-') && !next.Contains('=', StringComparison.Ordinal);

    // The forms that .NET takes: --key value, --key=value, /key value, /key=value; the value keeps its equals sign.
    private static (string Prefix, string Name, string? Value) Split(string arg)
    {
        var prefix = arg.StartsWith("--", StringComparison.Ordinal) ? "--" : arg.StartsWith('/') ? "/" : "";
        var equals = arg.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (prefix, arg[prefix.Length..], null) : (prefix, arg[prefix.Length..equals], arg[equals..]);
    }
}
