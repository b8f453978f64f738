using System.Runtime.CompilerServices;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Adds a command to the resource; one of the same name is replaced.</summary>
    /// <typeparam name="TResource">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="name">Name by which it is called.</param>
    /// <param name="displayName">Name that people see.</param>
    /// <param name="executeCommand">What it does; for a resource with replicas it is called for each.</param>
    /// <param name="commandOptions">What there is beyond that.</param>
    /// <example><code>site.WithCommand("clear-cache", "Clear cache", context => ClearAsync(context.ResourceName));</code></example>
    [OverloadResolutionPriority(1)]
    public static IResourceBuilder<TResource> WithCommand<TResource>(
        this IResourceBuilder<TResource> builder,
        string name,
        string displayName,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
        CommandOptions? commandOptions = null)
        where TResource : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(displayName);
        ArgumentNullException.ThrowIfNull(executeCommand);
        var options = commandOptions ?? CommandOptions.Default;
        foreach (var former in builder.Resource.Annotations.OfType<ResourceCommandAnnotation>().Where(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase)).ToList())
        {
            builder.Resource.Annotations.Remove(former);
        }

        return builder.WithAnnotation(new ResourceCommandAnnotation(
            name,
            displayName,
            options.UpdateState ?? (_ => ResourceCommandState.Enabled),
            executeCommand,
            options.Description,
            options.Parameter,
            options.ConfirmationMessage,
            options.IconName,
            options.IconVariant,
            options.IsHighlighted));
    }

    /// <summary>Adds a command to the resource; one of the same name is replaced.</summary>
    /// <typeparam name="TResource">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="name">Name by which it is called.</param>
    /// <param name="displayName">Name that people see.</param>
    /// <param name="executeCommand">What it does.</param>
    /// <param name="updateState">Says, for a snapshot, whether it can be called now; null: always.</param>
    /// <param name="displayDescription">What it does, in words.</param>
    /// <param name="parameter">Handed on with the command, unchanged.</param>
    /// <param name="confirmationMessage">Question to ask before it is called; null: none.</param>
    /// <param name="iconName">Its icon.</param>
    /// <param name="iconVariant">Variant of the icon.</param>
    /// <param name="isHighlighted">True when it is shown before the others.</param>
    [Obsolete("Use the overload that takes CommandOptions.")]
    public static IResourceBuilder<TResource> WithCommand<TResource>(
        this IResourceBuilder<TResource> builder,
        string name,
        string displayName,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
        Func<UpdateCommandStateContext, ResourceCommandState>? updateState = null,
        string? displayDescription = null,
        object? parameter = null,
        string? confirmationMessage = null,
        string? iconName = null,
        IconVariant? iconVariant = null,
        bool isHighlighted = false)
        where TResource : IResource
        => builder.WithCommand(name, displayName, executeCommand, new CommandOptions
        {
            UpdateState = updateState,
            Description = displayDescription,
            Parameter = parameter,
            ConfirmationMessage = confirmationMessage,
            IconName = iconName,
            IconVariant = iconVariant,
            IsHighlighted = isHighlighted,
        });

    /// <summary>Adds a command that sends a request to the resource, to each of its replicas directly. It can be called while the resource runs, and succeeds with a status of 200 to 299.</summary>
    /// <typeparam name="TResource">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="displayName">Name that people see.</param>
    /// <param name="endpointName">The endpoint; default the first one that speaks http.</param>
    /// <param name="commandName">Name by which it is called; default <c>{resource}-{endpoint}-http-{method}-{path}</c>.</param>
    /// <param name="commandOptions">What there is beyond that.</param>
    /// <exception cref="DistributedApplicationException">When it is called, or at once for a name: there is no such endpoint, or it does not speak http.</exception>
    /// <example><code>site.WithHttpCommand("/admin/reindex", "Rebuild the index");</code></example>
    public static IResourceBuilder<TResource> WithHttpCommand<TResource>(
        this IResourceBuilder<TResource> builder,
        string path,
        string displayName,
        [EndpointName] string? endpointName = null,
        string? commandName = null,
        HttpCommandOptions? commandOptions = null)
        where TResource : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithHttpCommand(path, displayName, HttpCommand.Selector(builder.Resource, endpointName), commandName, commandOptions);
    }

    /// <summary>Adds a command that sends a request to the resource, to each of its replicas directly. It can be called while the resource runs, and succeeds with a status of 200 to 299.</summary>
    /// <typeparam name="TResource">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="displayName">Name that people see.</param>
    /// <param name="endpointSelector">Chooses the endpoint; null: the first one that speaks http.</param>
    /// <param name="commandName">Name by which it is called; default <c>{resource}-{endpoint}-http-{method}-{path}</c>.</param>
    /// <param name="commandOptions">What there is beyond that.</param>
    /// <exception cref="DistributedApplicationException">When it is called: there is no such endpoint, or it does not speak http.</exception>
    public static IResourceBuilder<TResource> WithHttpCommand<TResource>(
        this IResourceBuilder<TResource> builder,
        string path,
        string displayName,
        Func<EndpointReference>? endpointSelector,
        string? commandName = null,
        HttpCommandOptions? commandOptions = null)
        where TResource : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(displayName);
        var options = commandOptions ?? HttpCommandOptions.Default;
        var command = new HttpCommand(builder.Resource, endpointSelector ?? options.EndpointSelector ?? HttpCommand.Selector(builder.Resource, null), path, options);
        return builder.WithCommand(commandName ?? command.DefaultName(), displayName, command.ExecuteAsync, new CommandOptions
        {
            Description = options.Description,
            Parameter = options.Parameter,
            ConfirmationMessage = options.ConfirmationMessage,
            IconName = options.IconName,
            IconVariant = options.IconVariant,
            IsHighlighted = options.IsHighlighted,
            UpdateState = options.UpdateState ?? HttpCommand.StateOf,
        });
    }
}
