using System.Collections.Frozen;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Supervision;

/// <summary>The moves a replica may make from state to state; docs/states.md draws them.</summary>
internal static class InstanceMoves
{
    public static FrozenSet<(InstanceState From, InstanceState To)> Allowed { get; } = All().ToFrozenSet();

    /// <exception cref="InvalidOperationException">In Debug: the move is not one of the table.</exception>
    /// <returns>In Release: whether it is.</returns>
    public static bool Check(string instance, InstanceState from, InstanceState to)
    {
        var allowed = Allowed.Contains((from, to));
#if DEBUG
        if (!allowed)
        {
            throw new InvalidOperationException($"Replica '{instance}' may not go from {from} to {to}.");
        }
#endif
        return allowed;
    }

    private static IEnumerable<(InstanceState From, InstanceState To)> All() =>
    [
        (InstanceState.Stopped, InstanceState.Waiting),
        (InstanceState.Stopped, InstanceState.Running), // left running by an earlier AppHost
        (InstanceState.Stopped, InstanceState.Starting), // left starting
        (InstanceState.Exited, InstanceState.Waiting),
        (InstanceState.Fatal, InstanceState.Waiting),

        (InstanceState.Waiting, InstanceState.Starting),
        (InstanceState.Waiting, InstanceState.Fatal),
        (InstanceState.Waiting, InstanceState.Stopped),

        (InstanceState.Starting, InstanceState.Running),
        (InstanceState.Starting, InstanceState.Stopping),
        (InstanceState.Starting, InstanceState.Backoff),
        (InstanceState.Starting, InstanceState.Exited),
        (InstanceState.Starting, InstanceState.Fatal),
        (InstanceState.Starting, InstanceState.Unknown),
        (InstanceState.Starting, InstanceState.Stopped), // the launch failed, and a stop had been asked for meanwhile

        (InstanceState.Running, InstanceState.Stopping),
        (InstanceState.Running, InstanceState.Backoff),
        (InstanceState.Running, InstanceState.Exited),
        (InstanceState.Running, InstanceState.Fatal),
        (InstanceState.Running, InstanceState.Unknown),

        (InstanceState.Backoff, InstanceState.Waiting),
        (InstanceState.Backoff, InstanceState.Stopped),

        (InstanceState.Stopping, InstanceState.Stopped),
        (InstanceState.Stopping, InstanceState.Waiting),
        (InstanceState.Stopping, InstanceState.Backoff),
        (InstanceState.Stopping, InstanceState.Exited),
        (InstanceState.Stopping, InstanceState.Fatal),
        (InstanceState.Stopping, InstanceState.Unknown),

        (InstanceState.Unknown, InstanceState.Stopping),
        (InstanceState.Unknown, InstanceState.Stopped),
        (InstanceState.Unknown, InstanceState.Waiting),
        (InstanceState.Unknown, InstanceState.Backoff),
        (InstanceState.Unknown, InstanceState.Exited),
        (InstanceState.Unknown, InstanceState.Fatal),
    ];
}
