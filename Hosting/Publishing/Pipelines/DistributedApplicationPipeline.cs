using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Stack.Hosting.Publishing.Pipelines;

/// <summary>Collects the steps of the AppHost and of its resources, and runs them.</summary>
internal sealed class DistributedApplicationPipeline : IDistributedApplicationPipeline
{
    private readonly List<PipelineStep> _steps = WellKnownSteps.Create();
    private readonly List<Func<PipelineConfigurationContext, Task>> _configurations = [];

    public void AddStep(string name, Func<PipelineStepContext, Task> action, object? dependsOn = null, object? requiredBy = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(action);
        AddStep(new PipelineStep { Name = name, Action = action, DependsOnSteps = Names(dependsOn, nameof(dependsOn)), RequiredBySteps = Names(requiredBy, nameof(requiredBy)) });
    }

    public void AddStep(PipelineStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (_steps.Exists(s => s.Name == step.Name))
        {
            throw new InvalidOperationException($"The pipeline has a step '{step.Name}' already. Give one of them another name.");
        }

        _steps.Add(step);
    }

    public void AddPipelineConfiguration(Func<PipelineConfigurationContext, Task> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        _configurations.Add(callback);
    }

    public async Task ExecuteAsync(PipelineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var options = context.Services.GetRequiredService<IOptions<PipelineOptions>>().Value;
        var reporter = context.Services.GetService<IPipelineActivityReporter>() ?? new LoggedActivity(context.Logger);
        var steps = await CollectAsync(context).ConfigureAwait(false);
        var wanted = string.IsNullOrWhiteSpace(options.Step) ? null : options.Step;
        if (wanted == WellKnownPipelineSteps.Diagnostics)
        {
            WellKnownSteps.Describe(StepOrder.Plan(steps, null), context.Logger);
        }

        var plan = StepOrder.Plan(steps, wanted);
        WellKnownSteps.WarnIfEmpty(plan, wanted, context.Logger);
        await new StepRunner(context, reporter, options.IncludeExceptionDetails).RunAsync(plan).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<PipelineStep>> CollectAsync(PipelineContext context)
    {
        // Copies: a second run must not see the dependencies that a callback added in the first.
        List<PipelineStep> steps = [.. _steps.Select(Copy)];
        foreach (var resource in context.Model.Resources.ToList())
        {
            foreach (var annotation in resource.Annotations.OfType<PipelineStepAnnotation>())
            {
                foreach (var step in await annotation.CreateStepsAsync(new PipelineStepFactoryContext { PipelineContext = context, Resource = resource }).ConfigureAwait(false))
                {
                    step.Resource ??= resource;
                    steps.Add(step);
                }
            }
        }

        var configuration = new PipelineConfigurationContext { Services = context.Services, Steps = steps, Model = context.Model };
        var ofResources = context.Model.Resources.SelectMany(r => r.Annotations.OfType<PipelineConfigurationAnnotation>()).Select(a => a.Callback);
        foreach (var callback in ofResources.Concat(_configurations).ToList())
        {
            await callback(configuration).ConfigureAwait(false);
        }

        return steps;
    }

    private static PipelineStep Copy(PipelineStep step) => new()
    {
        Name = step.Name,
        Description = step.Description,
        Action = step.Action,
        DependsOnSteps = [.. step.DependsOnSteps],
        RequiredBySteps = [.. step.RequiredBySteps],
        Tags = [.. step.Tags],
        Resource = step.Resource,
    };

    private static List<string> Names(object? value, string parameter) => value switch
    {
        null => [],
        string name => [name],
        IEnumerable<string> names => [.. names],
        _ => throw new ArgumentException($"Give the name of a step, or several as a sequence of strings; this is a {value.GetType().Name}.", parameter),
    };
}
