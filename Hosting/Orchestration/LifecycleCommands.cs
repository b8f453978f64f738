using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration;

/// <summary>The commands that everything supervised has from the start: start, stop, restart, roll for those with replicas, and rebuild for projects.</summary>
internal static class LifecycleCommands
{
    public const string Roll = "roll";

    /// <summary>Adds those that the AppHost has not put commands of its own in the place of.</summary>
    public static void Add(IResource resource)
    {
        List<ResourceCommandAnnotation> commands =
        [
            Command(KnownResourceCommands.StartCommand, "Start", "Starts it.", "Play", StartState, forWholeResource: true),
            Command(KnownResourceCommands.StopCommand, "Stop", "Stops it.", "Stop", StopState, forWholeResource: true),
            Command(KnownResourceCommands.RestartCommand, "Restart", "Stops and starts it; replicas one after another.", "ArrowCounterclockwise", RestartState, forWholeResource: true),
        ];
        if (resource.GetReplicaNames().Count > 1 || resource.HasAnnotationOfType<SequentialPortsAnnotation>())
        {
            commands.Add(Command(Roll, "Roll", "Restarts the replicas that run one after another, each only when the one before is ready again.", "ArrowSyncCircle", RestartState, forWholeResource: true));
        }

        if (resource.TryGetLastAnnotation<IProjectMetadata>(out var project) && File.Exists(project.ProjectPath))
        {
            commands.Add(Command(KnownResourceCommands.RebuildCommand, "Rebuild", "Builds the project and restarts what runs of it.", "BuildingFactory", RebuildState, forWholeResource: true, context => RebuildAsync(context, resource, project)));
        }

        var own = resource.Annotations.OfType<ResourceCommandAnnotation>().Select(c => c.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var command in commands.Where(c => !own.Contains(c.Name)))
        {
            resource.Annotations.Add(command);
        }
    }

    public static ResourceCommandState StartState(string? state) => state switch
    {
        _ when IsStarting(state) => ResourceCommandState.Disabled,
        _ when IsStopped(state) || state == KnownResourceStates.Waiting => ResourceCommandState.Enabled,
        _ => ResourceCommandState.Hidden,
    };

    public static ResourceCommandState StopState(string? state)
        => state == KnownResourceStates.Stopping ? ResourceCommandState.Disabled
            : IsUp(state) ? ResourceCommandState.Enabled : ResourceCommandState.Hidden;

    public static ResourceCommandState RestartState(string? state) => IsUp(state) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    public static ResourceCommandState RebuildState(string? state) => IsUp(state) || IsStopped(state) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static async Task<ExecuteCommandResult> RebuildAsync(ExecuteCommandContext context, IResource resource, IProjectMetadata project)
    {
        await context.ServiceProvider.GetRequiredService<ProjectBuilds>().RebuildAsync(resource.Name, project, context.CancellationToken).ConfigureAwait(false);
        return await context.ServiceProvider.GetRequiredService<StackEngine>().RunBuildAsync(resource, context.CancellationToken).ConfigureAwait(false);
    }

    private static bool IsStopped(string? state)
        => state is not null && (KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.NotStarted || state == "Unknown");

    private static bool IsStarting(string? state)
        => string.IsNullOrEmpty(state) || state == KnownResourceStates.Starting || state == KnownResourceStates.Building || state == KnownResourceStates.RuntimeUnhealthy;

    private static bool IsUp(string? state)
        => !IsStopped(state) && !IsStarting(state) && state != KnownResourceStates.Waiting && state != KnownResourceStates.Stopping;

    private static ResourceCommandAnnotation Command(string name, string display, string description, string icon, Func<string?, ResourceCommandState> state, bool forWholeResource = false, Func<ExecuteCommandContext, Task<ExecuteCommandResult>>? execute = null)
        => new(
            name,
            display,
            context => state(context.ResourceSnapshot.State?.Text),
            execute ?? (context => context.ServiceProvider.GetRequiredService<StackEngine>().ExecuteAsync(context.ResourceName, name, context.CancellationToken)),
            description,
            parameter: null,
            confirmationMessage: null,
            icon,
            IconVariant.Filled,
            isHighlighted: true)
        {
            ForWholeResource = forWholeResource,
        };
}
