using System.Collections.Frozen;
using Stack.Hosting.Observation;
using static Stack.Hosting.Observation.InstanceState;

namespace Stack.Hosting.Supervision;

/// <summary>The allowed moves between states; the picture is in docs/states.md.</summary>
internal static class InstanceMoves
{
    public static FrozenSet<(InstanceState From, InstanceState To)> Allowed { get; } = new[]
    {
        (Stopped, Waiting), (Exited, Waiting), (Fatal, Waiting),
        (Exited, Stopped), (Fatal, Stopped),
        (Waiting, Starting), (Waiting, Fatal), (Waiting, Stopped), (Waiting, Backoff),
        (Backoff, Waiting), (Backoff, Stopped),
        (Starting, Running), (Starting, Stopping), (Starting, Backoff), (Starting, Exited), (Starting, Fatal), (Starting, Stopped),
        (Running, Stopping), (Running, Backoff), (Running, Exited), (Running, Fatal),
        (Stopping, Stopped), (Stopping, Waiting), (Stopping, Backoff), (Stopping, Fatal), (Stopping, Exited),
        (Stopping, Unknown), (Running, Unknown), (Starting, Unknown), (Unknown, Stopped), (Unknown, Stopping), (Unknown, Backoff), (Unknown, Exited), (Unknown, Fatal), (Unknown, Waiting),
    }.ToFrozenSet();
}
