#pragma warning disable ASPIREPROBES001 // probes of the model are experimental in Aspire
using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration.Containers;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>Chooses how it is found out whether a replica has hung: as the model says, else by what such a resource may answer.</summary>
internal sealed class LivenessChecks(IResource resource, SupervisionOptions supervision, HangDumps dumps)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Null: there is nothing that could be asked.</summary>
    public LivenessSpec? Create(ReplicaIdentity replica)
    {
        var declared = resource.Annotations.OfType<EndpointProbeAnnotation>().LastOrDefault(p => p.Type == ProbeType.Liveness);
        var guesses = declared is null ? Guesses(replica).ToList() : [];
        if (declared is null && guesses.Count == 0)
        {
            return null;
        }

        return new LivenessSpec
        {
            Declared = declared is null ? null : Declared(declared, replica),
            Guesses = guesses,

            // A probe may be more patient than ours, and not less: it also stands for Kubernetes.
            Period = Longer(Period, declared?.PeriodSeconds),
            MissesToDead = declared?.FailureThreshold ?? 3,
            IsSuspended = () => Debugger.IsAttached,
            Dump = supervision.DumpOnHang ? (pid, generation, token) => dumps.WriteAsync(replica.Name, pid, generation, token) : null,
        };
    }

    private ProbeSpec Declared(EndpointProbeAnnotation probe, ReplicaIdentity replica)
        => new(SpecFactory.UrlOf(probe.EndpointReference, probe.Path, resource, replica)) { Timeout = Longer(Timeout, probe.TimeoutSeconds) };

    // A site has /alive from ServiceDefaults, or answers something else there: then that it takes connections has to do. Others may pass a request on to somebody else.
    private IEnumerable<ProbeSpec> Guesses(ReplicaIdentity replica)
    {
        if (replica.Port is not { } port || !supervision.ListensItself || resource.RunsInEngine())
        {
            yield break;
        }

        if (resource is ProjectResource && resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.UriScheme is "http" or "https") is { } endpoint)
        {
            yield return new ProbeSpec(new Uri($"{endpoint.ReplicaEndpoints[replica.Index].UriString}/alive")) { Timeout = Timeout };
        }

        yield return new ProbeSpec(new Uri($"tcp://127.0.0.1:{port}")) { Timeout = Timeout };
    }

    private static TimeSpan Longer(TimeSpan ours, int? seconds) => seconds is { } given && given > ours.TotalSeconds ? TimeSpan.FromSeconds(given) : ours;
}
