using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Reads the figures of all instances from the roll-ups; never from rows.</summary>
internal sealed class OverviewQueries(TelemetryStore store, ReadThreads threads, TimeProvider time)
{
    internal const string RequestsSql = "SELECT at, sender, class, n, durations FROM requests WHERE kind=? AND step=? AND route=0 AND at>=? AND at<?";
    internal const string UsageSql = "SELECT at, sender, measure, n, sum, max FROM usage WHERE step=? AND at>=? AND at<?";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public async Task<OverviewFigures> ReadAsync(OverviewWindow window, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(Deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        var figures = await threads.RunAsync(() => Read(window, stop.Token), ct);
        ct.ThrowIfCancellationRequested();
        return figures;
    }

    private OverviewFigures Read(OverviewWindow window, CancellationToken stop)
    {
        using var file = SqliteFile.OpenForReading(store.CataloguePath);
        using var interrupt = stop.Register(file.Interrupt);
        var senders = ReadSenders(file);
        var instances = new Dictionary<string, InstanceFigures>();
        var gateways = new Dictionary<long, GatewayFigures>();
        GatewayFigures GatewayOf(long sender, SenderName name) =>
            gateways.TryGetValue(sender, out var gateway) ? gateway : gateways[sender] = new GatewayFigures(name.DisplayName, new RequestFigures(window));

        ReadRequests(file, window, (kind, sender) =>
        {
            if (senders.GetValueOrDefault(sender) is not { } name)
            {
                return null;
            }

            if (kind == RequestKind.Answered)
            {
                return GatewayOf(sender, name).Answered;
            }

            var instance = InstanceOf(instances, name);
            return kind == RequestKind.Served ? instance.Served ??= new RequestFigures(window) : instance.Tried ??= new RequestFigures(window);
        });
        ReadUsage(file, window, (at, sender, measure, sum) =>
        {
            if (senders.GetValueOrDefault(sender) is not { } name)
            {
                return;
            }

            if ((UsageKind)measure is >= UsageKind.OpenConnections and <= UsageKind.HandledConnections)
            {
                (GatewayOf(sender, name).Connections ??= new ConnectionFigures(window)).Add(at, (UsageKind)measure, sum);
            }
            else
            {
                (InstanceOf(instances, name).Usage ??= new UsageFigures(window)).Add(at, measure, sum);
            }
        });
        return new OverviewFigures(window, [.. instances.Values], [.. gateways.Values]);
    }

    /// <summary>An instance is called alike by itself, by the AppHost and by the gateway.</summary>
    private static InstanceFigures InstanceOf(Dictionary<string, InstanceFigures> instances, SenderName name)
    {
        if (!instances.TryGetValue(name.DisplayName, out var instance))
        {
            instances[name.DisplayName] = instance = new InstanceFigures(name.DisplayName);
        }

        instance.Service ??= name.Service.Length > 0 ? name.Service : null;
        return instance;
    }

    private static Dictionary<long, SenderName> ReadSenders(SqliteFile file)
    {
        var senders = new Dictionary<long, SenderName>();
        using var rows = file.Prepare("SELECT id, service, instance, display FROM senders");
        while (rows.Step())
        {
            senders[rows.Number(0)] = new SenderName(rows.Text(1), rows.TextOrNull(2), rows.Text(3));
        }

        return senders;
    }

    private static void ReadRequests(SqliteFile file, OverviewWindow window, Func<RequestKind, long, RequestFigures?> figuresOf)
    {
        using var rows = file.Prepare(RequestsSql);
        foreach (var kind in Enum.GetValues<RequestKind>())
        {
            rows.Bind(1, (int)kind).Bind(2, window.Step).Bind(3, window.From).Bind(4, window.To);
            while (rows.Step())
            {
                figuresOf(kind, rows.Number(1))?.Add(rows.Number(0), (int)rows.Number(2), rows.Real(3), rows.Bytes(4));
            }

            rows.Reset();
        }
    }

    private static void ReadUsage(SqliteFile file, OverviewWindow window, Action<long, long, int, UsageSum> take)
    {
        using var rows = file.Prepare(UsageSql);
        rows.Bind(1, window.Step).Bind(2, window.From).Bind(3, window.To);
        while (rows.Step())
        {
            take(rows.Number(0), rows.Number(1), (int)rows.Number(2), new UsageSum(rows.Number(3), rows.Real(4), rows.Real(5)));
        }
    }
}
