using System.Buffers;
using System.Text;
using System.Text.Json;
using Stack.Dashboard.Storage;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Control;

/// <summary>
/// Writes what happens to the stack to the store, as log records of the replica that it happens to, so that a restart stands beside the errors that it caused. Directly: the dashboard sends nothing to itself.
/// </summary>
internal sealed class StackJournal(TelemetryStore store, QueueBudget budget, TimeProvider time)
{
    public const string Scope = "Stack.Supervision";

    private const int Information = 9;
    private const int Warning = 13;
    private const int Error = 17;

    private long _dropped;

    /// <summary>Records for which there was no room.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Tells of everything that is different between two views.</summary>
    public void Compare(StackView before, StackView now)
    {
        if (before.Status is not { } known || now.Status is not { } status || ReferenceEquals(known, status))
        {
            return;
        }

        var batch = new TelemetryBatch();
        foreach (var resource in status.Resources)
        {
            var earlier = known.Resources.FirstOrDefault(r => r.Name == resource.Name);
            if (!ReferenceEquals(earlier, resource))
            {
                Compare(earlier, resource, batch);
            }
        }

        Send(batch);
    }

    /// <summary>Tells of something that somebody should look at.</summary>
    public void Tell(StackAlert alert)
    {
        var batch = new TelemetryBatch();
        Add(batch, alert.Resource, alert.Replica, Error, "{Alert}", alert.Text, ("alert", alert.Text));
        Send(batch);
    }

    /// <summary>Tells what became of a command.</summary>
    public void Tell(GivenCommand command, StackView view)
    {
        var order = command.Order;
        var resource = view.Find(order.Target)?.Name ?? order.Target;
        var batch = new TelemetryBatch();
        Add(batch, resource, order.Target == resource ? null : order.Target, command.Outcome is CommandOutcome.Done ? Information : Warning,
            "Command '{Command}' on '{Target}' by {Role} from {Address}: {Outcome}. {Message}",
            $"Command '{order.Text}' on '{order.Target}' by {command.Role} from {command.Address}: {command.Outcome}. {command.Message}".TrimEnd(),
            ("command", order.Text), ("target", order.Target), ("role", command.Role), ("address", command.Address), ("outcome", command.Outcome.ToString()), ("message", command.Message));
        Send(batch);
    }

    private void Compare(ResourceStatus? before, ResourceStatus now, TelemetryBatch batch)
    {
        if (before?.Rollout != now.Rollout)
        {
            Add(batch, now.Name, null, now.Rollout is { State: "Frozen" } ? Error : Information, "{Rollout} of '{Resource}': {State}", RolloutText(before?.Rollout, now),
                ("rollout", (now.Rollout ?? before?.Rollout)?.What), ("state", now.Rollout?.State ?? "Ended"), ("replica", now.Rollout?.Replica), ("reason", now.Rollout?.Reason));
        }

        if (before is null)
        {
            return;
        }

        foreach (var replica in now.Replicas)
        {
            Compare(now.Name, before.Replicas.FirstOrDefault(r => r.Name == replica.Name), replica, batch);
        }

        foreach (var gone in before.Replicas.Where(r => now.Replicas.All(n => n.Name != r.Name)))
        {
            Add(batch, now.Name, gone.Name, Information, "'{Replica}' was taken away", $"'{gone.Name}' was taken away.");
        }
    }

    private void Compare(string resource, ReplicaStatus? before, ReplicaStatus now, TelemetryBatch batch)
    {
        if (before is null)
        {
            Add(batch, resource, now.Name, Information, "'{Replica}' is new: {To}", $"'{now.Name}' is new: {now.State}.", ("to", now.State));
        }
        else if (before.State != now.State || before.Generation != now.Generation)
        {
            var exit = now.LastExit is { } last && before.LastExit != last && now.Reason?.Contains(last, StringComparison.Ordinal) != true ? last : null;
            var why = string.Join("; ", new[] { exit, now.Reason }.OfType<string>());
            Add(batch, resource, now.Name, SeverityOf(now), "'{Replica}': {From} -> {To}. {Reason}", $"'{now.Name}': {before.State} -> {now.State}. {why}".TrimEnd(),
                ("from", before.State), ("to", now.State), ("reason", why.Length > 0 ? why : null), ("generation", $"{now.Generation}"), ("pid", now.Pid is { } pid ? $"{pid}" : null));
        }
        else if (before.Health != now.Health && now.State == "Running")
        {
            var why = now.HealthReason ?? now.Reason;
            Add(batch, resource, now.Name, now.Health is "Ready" ? Information : Warning, "'{Replica}' is {Health}, after {Before}. {Reason}",
                $"'{now.Name}' is {now.Health}, after {before.Health}. {why}".TrimEnd(), ("health", now.Health), ("before", before.Health), ("reason", why));
        }
        else if (before.Traffic != now.Traffic)
        {
            Add(batch, resource, now.Name, Information, "'{Replica}': traffic {Traffic}, after {Before}", $"'{now.Name}': traffic {now.Traffic}, after {before.Traffic}.",
                ("traffic", now.Traffic), ("before", before.Traffic));
        }
    }

    private static string RolloutText(RolloutStatus? before, ResourceStatus now) => now.Rollout switch
    {
        null => $"{before!.What} of '{now.Name}' has ended.",
        { State: "Frozen" } frozen => $"{frozen.What} of '{now.Name}' is frozen at '{frozen.Replica}': {frozen.Reason}",
        { Replica: { } replica } rollout => $"{rollout.What} of '{now.Name}' is at '{replica}'.",
        var rollout => $"{rollout.What} of '{now.Name}' has begun.",
    };

    private static int SeverityOf(ReplicaStatus replica) => replica.State switch
    {
        "Exited" => replica.IsDone ? Information : Error,
        "Fatal" or "Unknown" => Error,
        "Backoff" => Warning,
        _ => Information,
    };

    private void Add(
        TelemetryBatch batch, string service, string? instance, int severity, string template, string body, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        var resource = new ResourceInfo(service, instance, TelemetryResource.DisplayNameOf(service, instance), Json([("service.name", service), ("service.instance.id", instance)]));
        batch.Add(new LogDraft(resource, new ScopeInfo(Scope, ""), new LogRow
        {
            Time = time.GetUtcNow(),
            Severity = severity,
            Service = resource.Service,
            InstanceId = resource.InstanceId,
            DisplayName = resource.DisplayName,
            Scope = Scope,
            Template = template,
            Body = body,
            AttributesJson = Json(attributes),
            ResourceAttributesJson = resource.AttributesJson,
        }));
    }

    private void Send(TelemetryBatch batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        if (budget.TryTake(batch.Count, batch.Bytes))
        {
            store.Add(batch);
        }
        else
        {
            Interlocked.Add(ref _dropped, batch.Count);
        }
    }

    private static string Json(ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in attributes)
            {
                if (value is not null)
                {
                    json.WriteString(name, value);
                }
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
