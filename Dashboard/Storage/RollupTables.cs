namespace Stack.Dashboard.Storage;

/// <summary>The SQL of the figures of instances in meta.db.</summary>
internal sealed class RollupTables(SqliteFile file) : IDisposable
{
    private readonly SqliteStatement _sender = file.Prepare("INSERT OR IGNORE INTO senders(id, service, instance, display) VALUES(?,?,?,?)");
    private readonly SqliteStatement _route = file.Prepare("INSERT OR IGNORE INTO routes(id, name) VALUES(?,?)");
    private readonly SqliteStatement _findRequests = file.Prepare(
        "SELECT n, durations FROM requests WHERE kind=? AND step=? AND route=? AND at=? AND sender=? AND class=?");

    private readonly SqliteStatement _saveRequests = file.Prepare(
        "INSERT OR REPLACE INTO requests(kind, step, route, at, sender, class, n, durations) VALUES(?,?,?,?,?,?,?,?)");

    private readonly SqliteStatement _addUsage = file.Prepare("""
        INSERT INTO usage(step, at, sender, measure, n, sum, max) VALUES(?,?,?,?,?,?,?)
        ON CONFLICT(step, at, sender, measure) DO UPDATE SET n=n+excluded.n, sum=sum+excluded.sum, max=max(max, excluded.max)
        """);

    private readonly SqliteStatement _series = file.Prepare(
        "INSERT OR REPLACE INTO request_series(hash, sender, start, at, value, point) VALUES(?,?,?,?,?,?)");

    /// <summary>Adds everything that is not saved yet; inside of a transaction.</summary>
    public void Save(InstanceRollup rollup)
    {
        foreach (var (id, sender) in rollup.Senders)
        {
            _sender.Bind(1, id).Bind(2, sender.Service).Bind(3, sender.InstanceId).Bind(4, sender.DisplayName).Run();
        }

        foreach (var (id, name) in rollup.Routes)
        {
            _route.Bind(1, id).Bind(2, name).Run();
        }

        foreach (var (key, sum) in rollup.Unsaved.Requests)
        {
            Save(key, sum);
        }

        foreach (var (key, sum) in rollup.Unsaved.Usage)
        {
            _addUsage.Bind(1, key.Step).Bind(2, key.At).Bind(3, key.Sender).Bind(4, key.Measure).Bind(5, sum.Count).Bind(6, sum.Sum).Bind(7, sum.Max).Run();
        }

        foreach (var series in rollup.UnsavedSeries)
        {
            if (series.Committed is { } baseline)
            {
                _series.Bind(1, series.Hash).Bind(2, series.SentBy).Bind(3, baseline.Start).Bind(4, baseline.At).Bind(5, baseline.Value)
                    .BindBlob(6, baseline.Point).Run();
            }
        }
    }

    /// <summary>How far each series has been counted.</summary>
    public (Dictionary<string, RollupBaseline> Series, List<(string Sender, long At)> Senders) ReadProgress()
    {
        var series = new Dictionary<string, RollupBaseline>();
        var senders = new List<(string, long)>();
        using var rows = file.Prepare("SELECT hash, sender, start, at, value, point FROM request_series ORDER BY at");
        while (rows.Step())
        {
            series[rows.Text(0)] = new RollupBaseline(rows.Number(2), rows.Number(3), rows.Real(4), rows.Blob(5));
            senders.Add((rows.Text(1), rows.Number(3)));
        }

        return (series, senders);
    }

    /// <summary>Deletes what is older than it is kept.</summary>
    public void DeleteOld(DateTimeOffset now, TimeSpan rollupAge)
    {
        var ticks = UnixTicks.Of(now);
        foreach (var step in RollupSteps.All)
        {
            var oldest = ticks - RollupSteps.Kept(step, rollupAge).Ticks;
            Delete("usage WHERE step=? AND at<?", step, oldest);
            foreach (var kind in Enum.GetValues<RequestKind>())
            {
                Delete($"requests WHERE kind={(int)kind} AND step=? AND at<?", step, oldest);
            }
        }

        Delete($"requests WHERE kind={(int)RequestKind.Served} AND route<>0 AND step=? AND at<?", RollupSteps.Minute, ticks - RollupSteps.RouteMinutes.Ticks);
        Delete("request_series WHERE ?>0 AND at<?", RollupSteps.Hour, ticks - RollupSteps.Kept(RollupSteps.Minute, rollupAge).Ticks);
    }

    /// <summary>The sums go; how far each series was counted stays, or the next point would count everything again.</summary>
    public void Clear() => file.Execute("DELETE FROM requests; DELETE FROM usage;");

    /// <summary>The sums of one instance, and what gateways counted of it.</summary>
    public void Clear(ResourceInfo instance)
    {
        foreach (var sender in (ReadOnlySpan<long>)[RollupNames.IdOf(instance.Service, instance.DisplayName), RollupNames.IdOf("", instance.DisplayName)])
        {
            Delete("requests WHERE sender=? AND at<?", sender, long.MaxValue);
            Delete("usage WHERE sender=? AND at<?", sender, long.MaxValue);
        }
    }

    public void Dispose()
    {
        _sender.Dispose();
        _route.Dispose();
        _findRequests.Dispose();
        _saveRequests.Dispose();
        _addUsage.Dispose();
        _series.Dispose();
    }

    private void Save(in RequestKey key, RequestSum sum)
    {
        Bind(_findRequests, key);
        var (count, durations) = (sum.Count, sum.Durations);
        try
        {
            if (_findRequests.Step())
            {
                count += _findRequests.Real(0);
                // Not the sum itself: a transaction that fails is tried again.
                durations = new DurationGrid();
                durations.Add(sum.Durations);
                GridBlob.Read(_findRequests.Blob(1), durations);
            }
        }
        finally
        {
            _findRequests.Reset();
        }

        Bind(_saveRequests, key).Bind(7, count).BindBlob(8, GridBlob.Write(durations)).Run();
    }

    private static SqliteStatement Bind(SqliteStatement statement, in RequestKey key) =>
        statement.Bind(1, (int)key.Kind).Bind(2, key.Step).Bind(3, key.Route).Bind(4, key.At).Bind(5, key.Sender).Bind(6, key.Class);

    private void Delete(string what, long step, long before)
    {
        using var delete = file.Prepare($"DELETE FROM {what}");
        delete.Bind(1, step).Bind(2, before).Run();
    }
}
