using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Components;

/// <summary>The stack as a picture: from the left to the right what gets requests, its replicas, and what they need. Sizes are in the units of the picture.</summary>
public sealed record StackGraph(int Width, int Height, IReadOnlyList<GraphBox> Boxes, IReadOnlyList<GraphLine> Lines)
{
    internal const int BoxWidth = 200;
    internal const int BoxHeight = 46;
    internal const int RowHeight = 30;
    private const int Head = 44;
    private const int Padding = 10;
    private const int BetweenColumns = 110;
    private const int BetweenBoxes = 26;
    private const int Margin = 16;

    internal static StackGraph Of(IReadOnlyList<ResourceStatus> resources)
    {
        var links = LinksOf(resources);
        var names = resources.Select(r => r.Name).Concat(links.Select(l => l.To)).Distinct().ToList();
        var columns = ColumnsOf(names, links);
        var height = columns.Max(c => c.Sum(n => HeightOf(n, resources)) + (c.Count - 1) * BetweenBoxes);
        var boxes = new List<GraphBox>();
        foreach (var (column, index) in columns.Select((c, i) => (c, i)))
        {
            var y = Margin + (height - column.Sum(n => HeightOf(n, resources)) - (column.Count - 1) * BetweenBoxes) / 2;
            foreach (var name in column)
            {
                var box = BoxOf(name, resources, Margin + index * (BoxWidth + BetweenColumns), y);
                boxes.Add(box);
                y += box.Height + BetweenBoxes;
            }
        }

        return new StackGraph(2 * Margin + columns.Count * BoxWidth + (columns.Count - 1) * BetweenColumns, height + 2 * Margin, boxes, [.. links.SelectMany(l => LinesOf(l, boxes))]);
    }

    // A gateway needs its sites as well, but what it does with them is the better word.
    private static List<Link> LinksOf(IReadOnlyList<ResourceStatus> resources)
    {
        var requests = resources.Where(r => r.Gateway is not null).Select(r => new Link(r.Gateway!, r.Name, ["requests"]));
        var needs = resources.SelectMany(r => r.Relationships.Where(n => n.Resource != r.Name && !n.IsIncoming)
            .Select(n => (From: r.Name, To: n.Resource, Word: n.Type switch { "Reference" => "refers to", "WaitFor" => "waits for", "Parent" => "is part of", var other => other })));
        return [.. requests.Concat(needs.GroupBy(n => (n.From, n.To)).Select(g => new Link(g.Key.From, g.Key.To, [.. g.Select(n => n.Word)]))).DistinctBy(l => (l.From, l.To))];
    }

    // As far to the right as what needs it is left of it; who needs each other stays where the rounds end.
    private static List<List<string>> ColumnsOf(List<string> names, List<Link> links)
    {
        var column = names.ToDictionary(n => n, _ => 0);
        for (var round = 0; round < names.Count; round++)
        {
            foreach (var link in links.Where(l => column.ContainsKey(l.From) && column[l.To] <= column[l.From] && column[l.From] < names.Count - 1))
            {
                column[link.To] = column[link.From] + 1;
            }
        }

        // What nothing needs stands beside what it needs, not at the far left.
        foreach (var name in names.Where(n => links.All(l => l.To != n) && links.Exists(l => l.From == n)))
        {
            column[name] = links.Where(l => l.From == name).Min(l => column[l.To]) - 1;
        }

        List<List<string>> columns = [.. names.GroupBy(n => column[n]).OrderBy(g => g.Key).Select(g => g.ToList())];
        for (var i = 1; i < columns.Count; i++)
        {
            var before = columns[i - 1];
            columns[i] = [.. columns[i].OrderBy(n => links.Where(l => l.To == n && before.Contains(l.From)).Select(l => (double)before.IndexOf(l.From)).DefaultIfEmpty(double.MaxValue).Average())];
        }

        return columns.Count > 0 ? columns : [[]];
    }

    private static int HeightOf(string name, IReadOnlyList<ResourceStatus> resources) =>
        resources.FirstOrDefault(r => r.Name == name) is { } resource && ResourceRow.HasSum(resource) ? Head + resource.Replicas.Count * RowHeight + Padding : BoxHeight;

    private static GraphBox BoxOf(string name, IReadOnlyList<ResourceStatus> resources, int x, int y)
    {
        if (resources.FirstOrDefault(r => r.Name == name) is not { } resource)
        {
            return new GraphBox(name, x, y, BoxHeight, Tone.Idle, "not supervised", "", []) { IsKnown = false };
        }

        var height = HeightOf(name, resources);
        if (!ResourceRow.HasSum(resource))
        {
            return new GraphBox(name, x, y, height, ToneOf(resource.Replicas[0]), StateOf(resource.Replicas[0]), ResourceRow.TypeOf(resource), []);
        }

        var rows = resource.Replicas.OrderBy(r => r.Name, NaturalOrder.Instance)
            .Select((r, i) => new GraphRow(r.Name, x + Padding, y + Head + i * RowHeight, ToneOf(r), StateOf(r), r.Traffic));
        var tone = resource.Rollout is { State: "Frozen" } ? Tone.Bad : resource.Wanted == 0 ? Tone.Off : resource.Ready == resource.Wanted ? Tone.Good : Tone.Warn;
        return new GraphBox(name, x, y, height, tone, $"{resource.Ready} of {resource.Wanted} ready", ResourceRow.TypeOf(resource), [.. rows]);
    }

    private static IEnumerable<GraphLine> LinesOf(Link link, List<GraphBox> boxes)
    {
        if (boxes.Find(b => b.Name == link.From) is not { } from || boxes.Find(b => b.Name == link.To) is not { } to)
        {
            yield break;
        }

        var (x, y) = (from.X + BoxWidth, from.Y + from.Height / 2);
        var what = string.Join(", ", link.Words);
        if (link.Words is ["requests"] && to.Rows.Count > 0)
        {
            foreach (var row in to.Rows)
            {
                yield return new GraphLine(Curve(x, y, row.X, row.Y + RowHeight / 2 - 2), row.Traffic.ToLowerInvariant(), $"{from.Name}: requests to {row.Name}: {row.Traffic}");
            }
        }
        else
        {
            yield return new GraphLine(Curve(x, y, to.X, to.Y + (to.Rows.Count > 0 ? Head : to.Height) / 2), link.Words is ["requests"] ? "in" : "needs", $"{from.Name} {what} {to.Name}");
        }
    }

    private static string Curve(int x1, int y1, int x2, int y2)
    {
        var bend = Math.Max(30, Math.Abs(x2 - x1) / 2);
        return $"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}";
    }

    private static string ToneOf(ReplicaStatus replica) => replica.State == "Running" && replica.Health != "Ready" && replica.Health != "Unknown" ? Tone.OfHealth(replica.Health) : Tone.Of(replica);

    private static string StateOf(ReplicaStatus replica) => replica.State == "Running" ? Tone.HealthText(replica.Health) is var health and not "Unknown" ? health : "Running" : replica.State;

    private sealed record Link(string From, string To, IReadOnlyList<string> Words);
}

/// <summary>A resource: a box, with a row for each replica where there are several.</summary>
public sealed record GraphBox(string Name, int X, int Y, int Height, string Tone, string State, string Type, IReadOnlyList<GraphRow> Rows)
{
    /// <summary>False for what the status does not tell of (a parameter): it has no details.</summary>
    public bool IsKnown { get; init; } = true;
}

/// <summary>A replica in the box of its resource.</summary>
public sealed record GraphRow(string Name, int X, int Y, string Tone, string State, string Traffic);

/// <summary>A line between two boxes.</summary>
/// <param name="Path">Its way.</param>
/// <param name="Kind">in, draining, out, none: requests; needs: the rest.</param>
/// <param name="Text">What it means.</param>
public sealed record GraphLine(string Path, string Kind, string Text);
