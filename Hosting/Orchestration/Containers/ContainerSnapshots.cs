using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>What the snapshot of a replica tells of its container: pure.</summary>
internal static class ContainerSnapshots
{
    public static CustomResourceSnapshot Map(CustomResourceSnapshot before, ContainerSpec spec, string id, bool isPersistent, IReadOnlyList<ResolvedArgument> arguments)
    {
        var hidden = arguments.Any(a => a.IsSensitive);
        var mapped = before
            .WithProperty(KnownProperties.ContainerImage, spec.Image)
            .WithProperty(KnownProperties.ContainerId, id)
            .WithProperty(KnownProperties.ContainerCommand, spec.Entrypoint)
            .WithProperty(KnownProperties.ContainerPorts, ImmutableArray.CreateRange(spec.Ports.Select(p => p.HostPort)))
            .WithProperty(KnownProperties.ContainerLifetime, isPersistent ? ContainerLifetime.Persistent : ContainerLifetime.Session);
        var property = new ResourcePropertySnapshot(KnownProperties.ContainerArgs, ImmutableArray.CreateRange(spec.Arguments)) { IsSensitive = hidden };
        return mapped with
        {
            Properties = [.. mapped.Properties.Where(p => p.Name != KnownProperties.ContainerArgs), property],
            Volumes = [.. spec.Mounts.Select(m => new VolumeSnapshot(m.Source, m.Target, m.Type == ContainerMountType.BindMount ? "bind" : "volume", m.IsReadOnly))],
        };
    }
}
