using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Calls the commands of resources.</summary>
public partial class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _logs;
    private readonly IServiceProvider _services;
    private readonly ILogger _logger;

    internal ResourceCommandService(ResourceNotificationService notifications, ResourceLoggerService logs, IServiceProvider services, ILogger<ResourceCommandService> logger)
    {
        _notifications = notifications;
        _logs = logs;
        _services = services;
        _logger = logger;
    }

    /// <summary>Calls a command of one instance.</summary>
    /// <param name="resourceId">Name of a replica, or of a resource with one instance.</param>
    /// <param name="commandName">Name of the command.</param>
    /// <param name="cancellationToken">Ends the wait for the result.</param>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resourceId);
        ArgumentNullException.ThrowIfNull(commandName);
        return _notifications.TryGetCurrentState(resourceId, out var found)
            ? ExecuteAsync(found.Resource, found.ResourceId, commandName, cancellationToken)
            : Task.FromResult(CommandResults.Failure($"There is no resource or replica '{resourceId}'."));
    }

    /// <summary>Calls a command of a resource: of all its replicas at once. <c>restart</c> goes from one replica to the next (ours).</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="commandName">Name of the command.</param>
    /// <param name="cancellationToken">Ends the wait for the result.</param>
    /// <returns>A failure of several replicas says how many, then one line for each.</returns>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(commandName);
        var names = resource.GetReplicaNames();
        if (Find(resource, commandName) is { ForWholeResource: true } || names.Count == 0)
        {
            return await ExecuteAsync(resource, resource.Name, commandName, cancellationToken).ConfigureAwait(false);
        }

        var results = await Task.WhenAll(names.Select(async n => (Name: n, Result: await ExecuteAsync(resource, n, commandName, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        if (results is [var only])
        {
            return only.Result;
        }

        var failed = results.Where(r => !r.Result.Success).ToList();
        var lines = failed.Where(r => !r.Result.Canceled).Select(r => $"{r.Name}: {r.Result.ErrorMessage ?? "no reason given"}").ToList();
        return (failed.Count, lines.Count) switch
        {
            (0, _) => CommandResults.Success(),
            (_, 0) => CommandResults.Canceled(),
            _ => CommandResults.Failure($"Command '{commandName}' failed for {lines.Count} of {results.Length} replicas.{Environment.NewLine}{string.Join(Environment.NewLine, lines)}"),
        };
    }

    private static ResourceCommandAnnotation? Find(IResource resource, string name)
        => SnapshotRules.CommandsOf(resource).FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? SnapshotRules.CommandsOf(resource).FirstOrDefault(c => string.Equals(c.Name, KnownResourceCommands.Today(name), StringComparison.OrdinalIgnoreCase));

    private async Task<ExecuteCommandResult> ExecuteAsync(IResource resource, string id, string name, CancellationToken cancellationToken)
    {
        if (Find(resource, name) is not { } command)
        {
            var has = string.Join(", ", SnapshotRules.CommandsOf(resource).Select(c => $"'{c.Name}'"));
            return CommandResults.Failure($"'{id}' has no command '{name}'. It has {(has.Length > 0 ? has : "none")}.");
        }

        var logger = id == resource.Name ? _logs.GetLogger(resource) : _logs.GetLogger(id);
        try
        {
            return await command.ExecuteCommand(new ExecuteCommandContext
            {
                ServiceProvider = _services,
                ResourceName = id,
                CancellationToken = cancellationToken,
                Logger = logger,
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
        catch (Exception e)
        {
            LogFailed(e, name, id);
            return CommandResults.Failure(e);
        }
    }

    [LoggerMessage(3201, LogLevel.Error, "Command '{Command}' of '{Resource}' failed.")]
    private partial void LogFailed(Exception exception, string command, string resource);
}
