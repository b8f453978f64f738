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
    public static IReadOnlyList<string> Taken(IEnumerable<PlannedPort> ports)
        => [.. ports.Where(p => p.Protocol == ProtocolType.Tcp && p.Port > 0).Select(p => (Planned: p, Holder: PortPreflight.FindHolder(p.Port))).Where(p => p.Holder is not null).Select(t => PlanFaults.Held(t.Planned, t.Holder!.Describe()))];

    /// <exception cref="DistributedApplicationException">Ports are taken; names port, replica and who holds it.</exception>
    public static async Task EnsureFreeAsync(StackPlan plan, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var kept = plan.Resources.SelectMany(r => r.Resource.Annotations.OfType<KeptPortsAnnotation>()).Where(k => k.AreHeld).SelectMany(k => k.Ports.Values).ToHashSet();
        while (true)
        {
            var taken = Taken(plan.Ports.Where(p => !kept.Contains(p.Port)));
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
