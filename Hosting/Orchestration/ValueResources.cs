using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Orchestration;

/// <summary>Publishes the states of resources that are only a value: parameters, connection strings, external services. They run as soon as the value is known.</summary>
internal sealed partial class ValueResources(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    TimeProvider time)
{
    public Task PublishAsync(CancellationToken cancellationToken)
        => Task.WhenAll(model.Resources.Where(r => r is ParameterResource or ConnectionStringResource or ExternalServiceResource).ToList().Select(r => PublishAsync(r, cancellationToken)));

    private async Task PublishAsync(IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            var complete = await EvaluateAsync(resource, cancellationToken).ConfigureAwait(false);
            var now = time.GetUtcNow().UtcDateTime;
            await notifications.PublishUpdateAsync(resource, s => complete(s) with
            {
                State = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success),
                CreationTimeStamp = s.CreationTimeStamp ?? now,
                StartTimeStamp = now,
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The application stops before the value was known.
        }
        catch (MissingParameterValueException e)
        {
            // Nobody is asked for it: the state says what to set, and what needs the value fails.
            await FailAsync(resource, e, e.Key is null ? KnownValueStates.Missing : $"{KnownValueStates.Missing}: {e.Key}", KnownResourceStateStyles.Warn).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await FailAsync(resource, e, resource is ParameterResource ? KnownValueStates.Failed : KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error).ConfigureAwait(false);
        }
    }

    // What to show of the value, once it is known.
    private async Task<Func<CustomResourceSnapshot, CustomResourceSnapshot>> EvaluateAsync(IResource resource, CancellationToken cancellationToken)
    {
        switch (resource)
        {
            case IResourceWithConnectionString connection:
                if (resource.HasAnnotationOfType<WaitAnnotation>())
                {
                    await notifications.WaitForDependenciesAsync(resource, cancellationToken).ConfigureAwait(false);
                }

                var connectionString = await connection.GetConnectionStringAsync(cancellationToken).ConfigureAwait(false);
                await eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), cancellationToken).ConfigureAwait(false);
                return s => s.WithProperty(KnownProperties.ConnectionString, connectionString, isSensitive: true);
            case ParameterResource parameter:
                var value = await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false);
                return s => s.WithProperty(KnownProperties.ParameterValue, value, parameter.Secret);
            default:
                var uri = await ((ExternalServiceResource)resource).GetUriAsync(cancellationToken).ConfigureAwait(false);
                return s => (s.Urls.IsEmpty ? s with { Urls = [new UrlSnapshot(null, uri.ToString(), IsInternal: false)] } : s).WithProperty(KnownProperties.Source, uri.ToString());
        }
    }

    private async Task FailAsync(IResource resource, Exception error, string state, string style)
    {
        LogFailed(logs.GetLogger(resource), resource.Name, error.Message);
        await notifications.PublishUpdateAsync(resource, s => s with { State = new ResourceStateSnapshot(state, style) }).ConfigureAwait(false);
    }

    [LoggerMessage(3701, LogLevel.Error, "{Instance}: {Reason}")]
    private static partial void LogFailed(ILogger logger, string instance, string reason);
}
