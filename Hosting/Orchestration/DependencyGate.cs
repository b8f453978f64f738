using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>Lets the replicas of one resource start: first what the resource waits for and the handlers of its start, once for all of them, then a start slot for each.</summary>
/// <param name="resource">The resource.</param>
/// <param name="notifications">What is known of all resources.</param>
/// <param name="slots">The start slots of the whole stack.</param>
/// <param name="beforeStart">Raises the events that come before a start.</param>
internal sealed class DependencyGate(IResource resource, ResourceNotificationService notifications, StartSlots slots, Func<CancellationToken, Task> beforeStart) : IStartGate
{
    private readonly Lock _lock = new();
    private readonly Dictionary<StartCause, StartRound> _rounds = [];

    public async Task<IDisposable> EnterAsync(string instance, StartCause cause, Action<string> describe, CancellationToken cancellationToken)
    {
        if (cause is StartCause.Command or StartCause.CommandAgain)
        {
            var round = Join(instance, cause, describe);
            try
            {
                await round.Done.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Leave(cause, round, instance);
            }
        }

        describe("waiting for a start slot");
        return await slots.AcquireAsync(cause != StartCause.Command, cancellationToken).ConfigureAwait(false);
    }

    // The replicas of a resource that start together share one round. One that was in it already and comes again begins the next.
    private StartRound Join(string instance, StartCause cause, Action<string> describe)
    {
        lock (_lock)
        {
            if (!_rounds.TryGetValue(cause, out var round) || !round.Join(instance, describe))
            {
                var waits = cause == StartCause.Command ? resource.Annotations.OfType<WaitAnnotation>().ToList() : [];
                round = _rounds[cause] = new StartRound(waits, (wait, token) => notifications.WaitForDependencyAsync(resource, wait, token), beforeStart);
                round.Join(instance, describe);
            }

            return round;
        }
    }

    private void Leave(StartCause cause, StartRound round, string instance)
    {
        lock (_lock)
        {
            if (round.Leave(instance) && _rounds.GetValueOrDefault(cause) == round)
            {
                _rounds.Remove(cause);
            }
        }
    }
}
