using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace Stack.Hosting.Building;

/// <summary>The AppHost's own switches: which configuration keys they set, and which mode follows from them.</summary>
internal static class CommandLine
{
    private static readonly Dictionary<string, string> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["--operation"] = "AppHost:Operation",
        ["--publisher"] = "Publishing:Publisher",
        ["--step"] = "Pipeline:Step",
        ["--output-path"] = "Pipeline:OutputPath",
        ["--app-name"] = "Stack:AppName",
        ["--state"] = "Stack:State",
    };

    /// <summary>Replaces a switch by the key it stands for: <c>--operation run</c> becomes <c>--AppHost:Operation run</c>.</summary>
    public static string[] Map(string[] args) => [.. args.Select(MapOne)];

    /// <exception cref="DistributedApplicationException">The operation is neither run nor publish.</exception>
    public static DistributedApplicationExecutionContext ExecutionContext(IConfiguration configuration)
    {
        var operation = configuration["AppHost:Operation"];
        var publisher = configuration["Publishing:Publisher"];
        if (string.IsNullOrEmpty(operation))
        {
            return string.IsNullOrEmpty(publisher)
                ? new(DistributedApplicationOperation.Run)
                : new(DistributedApplicationOperation.Publish, publisher);
        }

        return Enum.TryParse<DistributedApplicationOperation>(operation, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed)
            ? new(parsed, publisher ?? "manifest")
            : throw new DistributedApplicationException($"The operation '{operation}' is not known. Use --operation run or --operation publish.");
    }

    private static string MapOne(string arg)
    {
        var equals = arg.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? arg : arg[..equals];
        return Switches.TryGetValue(name, out var key) ? $"--{key}{(equals < 0 ? "" : arg[equals..])}" : arg;
    }
}
