using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Components;

/// <summary>What was commanded from the pages, the newest first.</summary>
public sealed record AuditModel(IReadOnlyList<AuditLine> Lines, string? OlderAddress, string? NewestAddress)
{
    internal const int PageSize = 100;

    internal static AuditModel From(IReadOnlyList<AuditEntry> entries, ResourcesQuery query, Viewer viewer) => new(
        [.. entries.Select(e => AuditLine.From(e, viewer))],
        entries.Count == PageSize ? (query with { Before = $"{entries[^1].Id}" }).Address : null,
        query.BeforeId is null ? null : (query with { Before = null }).Address);
}

/// <summary>One command of the audit.</summary>
public sealed record AuditLine(long Id, DateTimeOffset Time, string TimeText, string Role, string Address, string Command, string Target, string Outcome, string Tone, string? Message)
{
    internal static AuditLine From(AuditEntry entry, Viewer viewer) => new(
        entry.Id, entry.Time, viewer.Full(entry.Time), entry.Role, entry.Address, entry.Command, entry.Target, entry.Outcome,
        entry.Outcome switch { "Done" => Components.Tone.Good, "Running" => Components.Tone.Busy, "Refused" => Components.Tone.Warn, "Unknown" => Components.Tone.Idle, _ => Components.Tone.Bad },
        entry.Message);
}
