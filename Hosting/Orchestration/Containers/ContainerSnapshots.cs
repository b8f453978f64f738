using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>What the snapshot of a replica tells of its container: pure.</summary>
internal static class ContainerSnapshots
{
    public static CustomResourceSnapshot Map(CustomResourceSnapshot before, ContainerSpec spec, string id, bool isPersistent, ExecutionConfigurationResult configuration)
    {
        var hidden = configuration.ResolvedArguments.Any(a => a.IsSensitive);
        var mapped = before
            .WithProperty(KnownProperties.ContainerImage, spec.Image)
            .WithProperty(KnownProperties.ContainerId, id)
            .WithProperty(KnownProperties.ContainerCommand, spec.Entrypoint)
            .WithProperty(KnownProperties.ContainerPorts, ImmutableArray.CreateRange(spec.Ports.Select(p => p.HostPort)))
            .WithProperty(KnownProperties.ContainerLifetime, isPersistent ? ContainerLifetime.Persistent : ContainerLifetime.Session);
        mapped = mapped
            .WithProperty(KnownProperties.AppArgs, ImmutableArray.CreateRange(spec.Arguments), hidden)
            .WithProperty(KnownProperties.ContainerArgs, ImmutableArray.CreateRange(spec.Arguments), hidden);
        var secret = configuration.ResolvedVariables.Where(v => v.IsSensitive).Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
        return mapped with
        {
            EnvironmentVariables = [.. spec.Environment.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new EnvironmentVariableSnapshot(v.Key, secret.Contains(v.Key) ? ReplicaSnapshots.Masked : v.Value, IsFromSpec: true))],
            Volumes = [.. spec.Mounts.Select(m => new VolumeSnapshot(m.Source, m.Target, m.Type == ContainerMountType.BindMount ? "bind" : "volume", m.IsReadOnly))],
        };
    }
}
