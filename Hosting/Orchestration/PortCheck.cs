using System.Net.Sockets;
using Aspire.Hosting;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>Looks before anything starts whether the plan's ports are free, and names all that are not at once.</summary>
internal static class PortCheck
{
    // Processes of an AppHost that was killed end with it, but may need an instant for that.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Says of each port that a process listens on that it does, and which.</summary>
    public static IReadOnlyList<string> Taken(IEnumerable<PlannedPort> ports, Func<PlannedPort, PortHolder, bool>? isExcused = null)
        => [.. ports.Where(p => p.Protocol == ProtocolType.Tcp && p.Port > 0).Select(p => (Planned: p, Holder: PortPreflight.FindHolder(p.Port))).Where(p => p.Holder is { } holder && isExcused?.Invoke(p.Planned, holder) != true).Select(t => PlanFaults.Held(t.Planned, t.Holder!.Describe()))];

    /// <exception cref="DistributedApplicationException">Ports are taken; names port, replica and who holds it.</exception>
    /// <param name="plan">The plan.</param>
    /// <param name="isExcused">True for a port that is held by a replica that goes on.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait for ports that are about to be free.</param>
    public static async Task EnsureFreeAsync(StackPlan plan, Func<PlannedPort, PortHolder, bool> isExcused, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var kept = plan.Resources.SelectMany(r => r.Resource.Annotations.OfType<KeptPortsAnnotation>()).Where(k => k.AreHeld).SelectMany(k => k.Ports.Values).ToHashSet();
        while (true)
        {
            var taken = Taken(plan.Ports.Where(p => !kept.Contains(p.Port)), isExcused);
            if (taken.Count == 0)
            {
                return;
            }

            if (time.GetElapsedTime(start) >= Patience)
            {
                throw new DistributedApplicationException(string.Join(Environment.NewLine, taken));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken).ConfigureAwait(false);
        }
    }
}
