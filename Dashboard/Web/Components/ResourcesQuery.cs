using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace Stack.Dashboard.Web.Components;

/// <summary>What the Resources page shows, as it stands in its address.</summary>
public sealed record ResourcesQuery
{
    /// <summary><c>graph</c> or <c>audit</c>; anything else is the table.</summary>
    [FromQuery(Name = "view")]
    public string? View { get; init; }

    /// <summary>Part of a name, type, source, address or reason.</summary>
    [FromQuery(Name = "q")]
    public string? Text { get; init; }

    [FromQuery(Name = "type")]
    public string? Type { get; init; }

    /// <summary>A state in supervision's words, or <c>NotReady</c>.</summary>
    [FromQuery(Name = "state")]
    public string? State { get; init; }

    /// <summary>A column; with a minus before it the other way round.</summary>
    [FromQuery(Name = "sort")]
    public string? Sort { get; init; }

    /// <summary>The resource or replica whose details are open.</summary>
    [FromQuery(Name = "resource")]
    public string? Resource { get; init; }

    /// <summary>Of the audit: only what was before this entry.</summary>
    [FromQuery(Name = "before")]
    public string? Before { get; init; }

    internal bool IsGraph => View is "graph";

    internal bool IsAudit => View is "audit";

    internal bool IsFiltered => Has(Text) || Has(Type) || Has(State);

    internal long? BeforeId => long.TryParse(Before, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The page that shows this.</summary>
    internal string Address => $"/resources{QueryString()}";

    /// <summary>Where the live part of it is.</summary>
    internal string Fragment => $"/fragments/resources{QueryString()}";

    /// <summary>Asks before a command, and leads back here.</summary>
    internal string Command(string command, string target, int? replicas = null) =>
        $"/resources/command?name={Uri.EscapeDataString(target)}&command={Uri.EscapeDataString(command)}{(replicas is { } number ? $"&replicas={number}" : "")}&return={Uri.EscapeDataString(Address)}";

    private string QueryString()
    {
        var parts = new (string Name, string? Value)[]
        {
            ("view", IsGraph || IsAudit ? View : null), ("q", Text?.Trim()), ("type", Type), ("state", State), ("sort", Sort), ("resource", Resource), ("before", Before),
        };
        var query = string.Join('&', parts.Where(p => Has(p.Value)).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        return query.Length == 0 ? "" : $"?{query}";
    }

    private static bool Has(string? text) => !string.IsNullOrWhiteSpace(text);
}
