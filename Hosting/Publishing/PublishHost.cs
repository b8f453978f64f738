using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Pipelines;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Publishing;

/// <summary>What runs in publish mode in place of the engine: the pipeline, and then the end of the host.</summary>
internal sealed class PublishHost(
    DistributedApplicationModel model,
    DistributedApplicationExecutionContext execution,
    IDistributedApplicationPipeline pipeline,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    ILoggerFactory loggers) : IHostedService, IDisposable
{
    /// <summary>Log category of everything that publishing says.</summary>
    public const string Category = "Stack.Publish";

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _run = Task.CompletedTask;

    /// <summary>Completes when the pipeline has ended; fails with what made it fail.</summary>
    public Task Completion => _run;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Not before: a pipeline that is done at once would stop the host while it still starts.
        lifetime.ApplicationStarted.Register(() => _started.TrySetResult());
        _run = RunAsync();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);

        // How it ended is for the one who awaits Completion.
        await _run.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        try
        {
            await _started.Task.WaitAsync(_stopping.Token).ConfigureAwait(false);
            await eventing.PublishAsync(new BeforePublishEvent(services, model), _stopping.Token).ConfigureAwait(false);
            await pipeline.ExecuteAsync(new PipelineContext(model, execution, services, loggers.CreateLogger(Category), _stopping.Token)).ConfigureAwait(false);
            await eventing.PublishAsync(new AfterPublishEvent(services, model), _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (_stopping.IsCancellationRequested)
        {
            throw new DistributedApplicationException("Publishing was interrupted before it was done. Run it again.", e);
        }
        catch (Exception e) when (e is not DistributedApplicationException)
        {
            // So that the process ends with one message, whatever went wrong.
            throw new DistributedApplicationException(e.Message, e);
        }
        finally
        {
            lifetime.StopApplication();
        }
    }
}
