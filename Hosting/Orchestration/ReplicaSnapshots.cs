using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>Translates what the supervisor knows of a replica into the snapshot that the AppHost's code sees: pure.</summary>
internal static class ReplicaSnapshots
{
    public const string Masked = "******";

    public static CustomResourceSnapshot Map(CustomResourceSnapshot before, InstanceSnapshot replica, bool isContainer, DateTime now)
    {
        // With health reports it runs and is not healthy yet; without any, nothing but the state would tell that it is not ready.
        var state = StateOf(before.HealthReports.IsDefaultOrEmpty ? replica with { Lived = false } : replica, isContainer);
        var runs = state.Text == KnownResourceStates.Running;
        var ended = KnownResourceStates.TerminalStates.Contains(state.Text);
        var snapshot = before with
        {
            State = state,
            StartTimeStamp = replica.StartedAt?.UtcDateTime ?? (replica.Generation == 0 ? null : before.StartTimeStamp),
            StopTimeStamp = ended ? before.StopTimeStamp ?? now : null,
            ExitCode = ended ? replica.ExitCode : null,
            HealthReports = Reports(before, replica),
            Urls = [.. before.Urls.Select(u => u with { IsInactive = u.Name is not null && !runs })],
        };
        return snapshot
            .WithProperty(KnownProperties.ExecutablePid, replica.Pid)
            .WithProperty(KnownProperties.ReplicaIndex, replica.Index)
            .WithProperty(KnownProperties.ReplicaPort, replica.Port)
            .WithProperty(KnownProperties.SupervisionState, replica.State.ToString())
            .WithProperty(KnownProperties.Restarts, replica.Restarts)
            .WithProperty(KnownProperties.Reason, replica.Reason);
    }

    /// <summary>What a replica is started with: its variables, secret ones masked, and its arguments, which are sensitive when one of them is.</summary>
    public static CustomResourceSnapshot Launching(CustomResourceSnapshot before, LaunchRequest request)
        => (before with
        {
            EnvironmentVariables =
            [
                .. request.Environment.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new EnvironmentVariableSnapshot(v.Key, request.SensitiveVariables.Contains(v.Key) ? Masked : v.Value, request.ModelVariables.Contains(v.Key))),
            ],
        })
        .WithProperty(KnownProperties.AppArgs, request.Arguments.ToImmutableArray(), request.SensitiveArguments.Count > 0)
        .WithProperty(KnownProperties.ExecutableArgs, request.Arguments.ToImmutableArray(), request.SensitiveArguments.Count > 0);

    /// <summary>The text of a replica's state.</summary>
    public static ResourceStateSnapshot StateOf(InstanceSnapshot replica, bool isContainer) => replica.State switch
    {
        InstanceState.Stopped when replica.Generation == 0 => new(KnownResourceStates.NotStarted, null),
        InstanceState.Stopped or InstanceState.Exited => new(isContainer ? KnownResourceStates.Exited : KnownResourceStates.Finished, null),
        InstanceState.Waiting => new(KnownResourceStates.Waiting, null),
        InstanceState.Starting => new(replica.Lived ? KnownResourceStates.Running : KnownResourceStates.Starting, null),
        InstanceState.Running => new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
        InstanceState.Stopping => new(KnownResourceStates.Stopping, null),
        InstanceState.Backoff => new(nameof(InstanceState.Backoff), KnownResourceStateStyles.Warn),
        InstanceState.Fatal => new(replica.WasReady ? KnownResourceStates.Exited : KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error),
        _ => new(nameof(InstanceState.Unknown), KnownResourceStateStyles.Error),
    };

    // A replica that is starting anew has not been asked yet: what was said of the one before it does not count.
    private static ImmutableArray<HealthReportSnapshot> Reports(CustomResourceSnapshot before, InstanceSnapshot replica)
    {
        var fresh = replica.State is InstanceState.Waiting || (replica.State == InstanceState.Starting && replica.Pid is null);
        return [.. before.HealthReports.Select(report => replica.Checks.FirstOrDefault(c => c.Key == report.Name) switch
        {
            { } check => new HealthReportSnapshot(report.Name, check.IsSuccess ? HealthStatus.Healthy : HealthStatus.Unhealthy, check.Text, null),
            null when fresh => new HealthReportSnapshot(report.Name, null, null, null),
            null => report,
        })];
    }
}
