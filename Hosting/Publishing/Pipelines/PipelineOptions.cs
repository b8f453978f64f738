using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>What to run in publish mode; read from the configuration section <c>Pipeline</c>, which the switches fill.</summary>
[Experimental("ASPIREPIPELINES001")]
public class PipelineOptions
{
    /// <summary>Where to write, <c>--output-path</c>; null: not said.</summary>
    public string? OutputPath { get; set; }

    /// <summary>The step to run with what it depends on, <c>--step</c>; null: <c>publish</c>.</summary>
    public string? Step { get; set; }

    /// <summary>Least level of what the pipeline logs, <c>--log-level</c>; null: Information.</summary>
    public string? LogLevel { get; set; }

    /// <summary>True: what earlier deployments saved is not read, <c>--clear-cache</c>.</summary>
    public bool ClearCache { get; set; }

    /// <summary>True: the message of a failed step has the whole exception in it, <c>--include-exception-details</c>.</summary>
    public bool IncludeExceptionDetails { get; set; }
}
