using System.Globalization;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Export;

/// <summary>Which telemetry is exported: of which senders, and from which time (the senders' own).</summary>
internal sealed record ExportFilter
{
    public static readonly ExportFilter All = new();

    /// <summary>Service, instance id or display name, any of them; empty = all.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    public DateTimeOffset? From { get; init; }

    /// <summary>Not itself included.</summary>
    public DateTimeOffset? To { get; init; }

    public bool MayBeIn(SegmentInfo segment) =>
        segment.MaxId > 0
        && (From is not { } from || segment.MaxTs >= UnixTicks.Of(from))
        && (To is not { } to || segment.MinTs < UnixTicks.Of(to));

    /// <summary>Conditions for the WHERE of one segment, each beginning with <c>AND</c>; null = nothing of the senders is in it.</summary>
    public string? Conditions(SegmentReader reader, string time, string resource)
    {
        var text = "";
        if (From is { } from)
        {
            text += string.Create(CultureInfo.InvariantCulture, $" AND {time}>={UnixTicks.Of(from)}");
        }

        if (To is { } to)
        {
            text += string.Create(CultureInfo.InvariantCulture, $" AND {time}<{UnixTicks.Of(to)}");
        }

        if (Resources.Count == 0)
        {
            return text;
        }

        var wanted = reader.Resources()
            .Where(r => Resources.Any(name => TelemetryResource.Matches(name, r.Info.Service, r.Info.InstanceId, r.Info.DisplayName)))
            .Select(r => r.Id.ToString(CultureInfo.InvariantCulture)).ToList();
        return wanted.Count == 0 ? null : $"{text} AND {resource} IN ({string.Join(',', wanted)})";
    }
}
