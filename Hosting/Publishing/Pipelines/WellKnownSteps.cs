using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Publishing.Pipelines;

/// <summary>The steps that every pipeline has: points of order without work of their own.</summary>
internal static partial class WellKnownSteps
{
    private static readonly Func<PipelineStepContext, Task> Nothing = static _ => Task.CompletedTask;

    public static List<PipelineStep> Create() =>
    [
        Point(WellKnownPipelineSteps.ProcessParameters),
        Point(WellKnownPipelineSteps.BuildPrereq, WellKnownPipelineSteps.ProcessParameters),
        Point(WellKnownPipelineSteps.Build, WellKnownPipelineSteps.BuildPrereq),
        Point(WellKnownPipelineSteps.PushPrereq, WellKnownPipelineSteps.Build),
        Point(WellKnownPipelineSteps.Push, WellKnownPipelineSteps.PushPrereq),
        Point(WellKnownPipelineSteps.PublishPrereq, WellKnownPipelineSteps.ProcessParameters),
        Point(WellKnownPipelineSteps.Publish, WellKnownPipelineSteps.PublishPrereq),
        Point(WellKnownPipelineSteps.DeployPrereq, WellKnownPipelineSteps.ProcessParameters),
        Point(WellKnownPipelineSteps.Deploy, WellKnownPipelineSteps.DeployPrereq),
        Point(WellKnownPipelineSteps.Diagnostics),
    ];

    /// <summary>Writes one line for each step into the log.</summary>
    public static void Describe(IReadOnlyList<PlannedStep> steps, ILogger logger)
    {
        foreach (var (step, after) in steps)
        {
            LogStep(
                logger,
                step.Name,
                step.Resource is { } resource ? $" of resource '{resource.Name}'" : "",
                after.Count == 0 ? "depends on nothing" : $"comes after {string.Join(", ", after.Select(s => $"'{s.Name}'"))}",
                step.Description is { } description ? $": {description}" : "");
        }
    }

    /// <summary>Says so when there is nothing behind a step that was asked for.</summary>
    public static void WarnIfEmpty(IReadOnlyList<PlannedStep> plan, string? wanted, ILogger logger)
    {
        if (wanted is not null and not WellKnownPipelineSteps.Diagnostics && plan.All(s => ReferenceEquals(s.Step.Action, Nothing)))
        {
            LogEmpty(logger, wanted);
        }
    }

    private static PipelineStep Point(string name, params string[] after) => new() { Name = name, Action = Nothing, DependsOnSteps = [.. after] };

    [LoggerMessage(5106, LogLevel.Warning, "Nothing in this model adds work to the step '{Step}', so nothing was done. For the manifest: --publisher manifest --output-path <file>.json")]
    private static partial void LogEmpty(ILogger logger, string step);

    [LoggerMessage(5105, LogLevel.Information, "Step '{Step}'{Owner} {After}{Description}")]
    private static partial void LogStep(ILogger logger, string step, string owner, string after, string description);
}
