using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Queries;

/// <summary>From points to figures, through the writer and a real meta.db.</summary>
public sealed class OverviewQueriesTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly TempFolder _folder = new();
    private readonly SettableTime _time = new(Noon);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Percentiles_of_a_cumulative_histogram_are_off_by_five_percent_at_most()
    {
        await using var store = await OpenAsync();
        var random = new Random(3);
        var seconds = Enumerable.Range(0, 5000).Select(_ => 0.002 * Math.Pow(500, random.NextDouble())).ToList();
        var site = new SentRequests { Start = Noon.AddSeconds(-60) };
        for (var i = 0; i < 12; i++)
        {
            await AddAsync(store, site.After(Noon.AddSeconds((i * 5) - 58), seconds.Skip(i * 417).Take(417)));
        }

        var served = (await ReadAsync(store, TimeSpan.FromMinutes(5))).Instances.Single().Served!;

        served.Count.ShouldBe(5000, 0.01);
        seconds.Sort();
        foreach (var share in new[] { 0.5, 0.95, 0.99 })
        {
            (served.Percentile(share)!.Value / seconds[(int)Math.Ceiling(share * 5000) - 1]).ShouldBeInRange(0.95, 1.05, $"p{share * 100}");
        }
    }

    [Fact]
    public async Task A_restarted_process_begins_anew_and_its_predecessors_last_words_do_not_count_again()
    {
        await using var store = await OpenAsync();
        var first = new SentRequests { Start = Noon.AddMinutes(-9) };
        var second = new SentRequests { Start = Noon.AddMinutes(-4) };

        await AddAsync(store, first.After(Noon.AddMinutes(-8), Same(100)));
        await AddAsync(store, first.After(Noon.AddMinutes(-7), Same(40)));
        await AddAsync(store, second.After(Noon.AddMinutes(-3), Same(30)));
        await AddAsync(store, first.After(Noon.AddMinutes(-2), []));
        await AddAsync(store, second.After(Noon.AddMinutes(-1), Same(5)));

        Served(await ReadAsync(store)).Count.ShouldBe(175, 0.01);
    }

    [Fact]
    public async Task A_value_that_falls_without_another_start_is_a_new_beginning()
    {
        await using var store = await OpenAsync();
        var start = Noon.AddMinutes(-5);
        await AddAsync(store, new SentRequests { Start = start }.After(Noon.AddMinutes(-4), Same(50)));

        await AddAsync(store, new SentRequests { Start = start }.After(Noon.AddMinutes(-3), Same(7)));

        Served(await ReadAsync(store)).Count.ShouldBe(57, 0.01);
    }

    [Fact]
    public async Task A_batch_that_is_sent_twice_counts_once()
    {
        await using var store = await OpenAsync();
        foreach (var temporality in new[] { "cumulative", "delta" })
        {
            var point = new SentRequests(temporality) { Start = Noon.AddMinutes(-1), Temporality = temporality }.After(Noon.AddSeconds(-30), Same(20));
            await AddAsync(store, point, point);
            await AddAsync(store, point);
        }

        (await ReadAsync(store)).Instances.Select(i => Math.Round(i.Served!.Count, 3)).ShouldBe([20, 20]);
    }

    [Fact]
    public async Task Deltas_add_up()
    {
        await using var store = await OpenAsync();
        var site = new SentRequests { Start = Noon.AddMinutes(-5), Temporality = "delta" };
        await AddAsync(store, site.After(Noon.AddMinutes(-4), Same(10)));

        await AddAsync(store, (site with { Start = Noon.AddMinutes(-4) }).After(Noon.AddMinutes(-3), Same(4)));

        Served(await ReadAsync(store)).Count.ShouldBe(14, 0.01);
    }

    [Fact]
    public async Task A_dashboard_that_comes_later_counts_from_then_on_and_new_series_of_a_known_sender_at_once()
    {
        await using var store = await OpenAsync();
        var old = new SentRequests { Start = Noon.AddHours(-5) };
        await AddAsync(store, old.After(Noon.AddSeconds(-30), Same(100_000)));

        await AddAsync(store, old.After(Noon.AddSeconds(-25), Same(3)), new SentRequests { Start = Noon.AddHours(-5), Status = 500 }.After(Noon.AddSeconds(-25), Same(1)));

        var served = Served(await ReadAsync(store));
        served.Count.ShouldBe(4, 0.01);
        served.Errors.ShouldBe(1, 0.01);
    }

    [Fact]
    public async Task After_a_restart_of_the_dashboard_counting_goes_on_where_it_was()
    {
        var site = new SentRequests { Start = Noon.AddHours(-5) };
        await using (var store = await OpenAsync())
        {
            await AddAsync(store, site.After(Noon.AddMinutes(-12), Same(1000)));
            await AddAsync(store, site.After(Noon.AddMinutes(-11), Same(10)));
        }

        await using var again = await OpenAsync();
        var point = site.After(Noon.AddMinutes(-1), Same(100));
        await AddAsync(again, point);

        // The hundred came while the dashboard was away: they are spread over that time.
        var figures = await ReadAsync(again, TimeSpan.FromMinutes(15));
        Served(figures).Count.ShouldBe(110, 0.1);
        Served(figures).Rates(figures.Window.From).Max().ShouldNotBeNull().ShouldBeLessThan(1);
    }

    [Fact]
    public async Task A_crash_between_the_commits_of_segment_and_catalogue_costs_no_request_and_doubles_none()
    {
        var site = new SentRequests { Start = Noon.AddMinutes(-5) };
        await using (var store = await OpenAsync())
        {
            await AddAsync(store, site.After(Noon.AddMinutes(-4), Same(10)));
        }

        var (meta, kept) = (Path.Combine(_folder.Path, "meta.db"), Path.Combine(_folder.Path, "kept"));
        File.Copy(meta, kept);
        await using (var store = await OpenAsync())
        {
            await AddAsync(store, site.After(Noon.AddMinutes(-3), Same(5)));
        }

        // As if it had been killed before the second commit.
        File.Move(kept, meta, overwrite: true);
        await using var again = await OpenAsync();
        Served(await ReadAsync(again)).Count.ShouldBe(10, 0.01);
        await AddAsync(again, site.After(Noon.AddMinutes(-2), Same(1)));

        Served(await ReadAsync(again)).Count.ShouldBe(16, 0.01);
    }

    [Fact]
    public async Task Late_data_is_counted_in_the_minute_it_was_made()
    {
        await using var store = await OpenAsync();
        var site = new SentRequests { Start = Noon.AddHours(-3), Temporality = "delta" };

        await AddAsync(store, (site with { Start = Noon.AddHours(-3).AddSeconds(-5) }).After(Noon.AddHours(-3), Same(60)));

        var figures = await ReadAsync(store, TimeSpan.FromHours(6));
        var rates = Served(figures).Rates(figures.Window.From);
        var part = rates.Index().Single(r => r.Item > 0).Index;
        UnixTicks.ToTime(figures.Window.From + (part * figures.Window.Part)).ShouldBe(Noon.AddHours(-3).AddMinutes(-10));
        Served(await ReadAsync(store, TimeSpan.FromHours(1)), orNull: true).ShouldBeNull();
    }

    [Fact]
    public async Task Minutes_and_instances_add_up_to_the_total()
    {
        await using var store = await OpenAsync();
        foreach (var (instance, seconds) in new[] { ("site-8001", 0.01), ("site-8002", 0.4) })
        {
            var site = new SentRequests(instance) { Start = Noon.AddMinutes(-1) };
            await AddAsync(store, site.After(Noon.AddSeconds(-50), Enumerable.Repeat(seconds, 50)));
            await AddAsync(store, site.After(Noon.AddSeconds(-20), Enumerable.Repeat(seconds, 50)));
        }

        var figures = await ReadAsync(store);
        var total = new RequestFigures(figures.Window);
        foreach (var instance in figures.Instances)
        {
            total.Add(instance.Served!);
        }

        total.Count.ShouldBe(200, 0.01);
        total.Percentile(0.25)!.Value.ShouldBe(0.01, 0.0005);
        total.Percentile(0.75)!.Value.ShouldBe(0.4, 0.02);
    }

    [Fact]
    public async Task Stack_route_comes_before_http_route_and_what_is_beyond_the_cap_is_other_and_counted()
    {
        await using var store = await OpenAsync();

        await AddAsync(store, [.. Enumerable.Range(0, 205).Select(i => new SentRequests { Start = Noon.AddMinutes(-1), Route = $"R{i}" }.After(Noon.AddSeconds(-20), Same(1)))]);

        using var file = SqliteFile.OpenForReading(store.Store.CataloguePath);
        file.ReadText("SELECT group_concat(name) FROM (SELECT name FROM routes WHERE name IN ('R0','R204','other','{controller}/{action}') ORDER BY name)").ShouldBe("R0,other");
        file.ReadNumber($"SELECT sum(n) FROM requests r JOIN routes t ON t.id=r.route WHERE step={RollupSteps.Minute} AND t.name='other'").ShouldBe(5);
        store.Status.Unstorable.ShouldBe(5);
        Served(await ReadAsync(store)).Count.ShouldBe(205, 0.01);
    }

    [Fact]
    public async Task Tries_of_the_gateway_count_for_the_replica_that_was_asked()
    {
        await using var store = await OpenAsync();
        var batch = new TelemetryBatch();
        batch.Add(SentRequests.Gateway(Noon.AddSeconds(-20), 0.02, 200, new GatewayTry("site-8001", 200, 0.02)));
        batch.Add(SentRequests.Gateway(Noon.AddSeconds(-20), 0.08, 200, new GatewayTry("site-8002", 502, 0.03), new GatewayTry("site-8001", 200, 0.05)));
        batch.Add(SentRequests.Gateway(Noon.AddSeconds(-20), 0.01, 503));
        await store.AddAsync(batch);

        var figures = await ReadAsync(store);

        var asked = figures.Instances.ToDictionary(i => i.Name, i => i.Tried!);
        (asked["site-8001"].Count, asked["site-8001"].Errors, asked["site-8001"].AskedAnother).ShouldBe((2, 0, 0));
        (asked["site-8002"].Count, asked["site-8002"].Errors, asked["site-8002"].AskedAnother).ShouldBe((1, 1, 1));
        asked["site-8002"].Percentile(0.95)!.Value.ShouldBe(0.03, 0.0015);
        var gateway = figures.Gateways.Single();
        gateway.Name.ShouldBe("nginx");
        gateway.Answered.Classes.ShouldBe([0, 0, 2, 0, 0, 1]);
    }

    [Fact]
    public async Task A_span_that_is_sent_twice_counts_once()
    {
        await using var store = await OpenAsync();
        var span = SentRequests.Gateway(Noon.AddSeconds(-20), 0.02, 200, new GatewayTry("site-8001", 200, 0.02));
        for (var i = 0; i < 2; i++)
        {
            var batch = new TelemetryBatch();
            batch.Add(span);
            await store.AddAsync(batch);
        }

        (await ReadAsync(store)).Gateways.Single().Answered.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Without_an_AppHost_processor_and_memory_come_from_the_process_itself()
    {
        await using var store = await OpenAsync();
        foreach (var (at, seconds) in new[] { (-60, 100.0), (-40, 102.0), (-20, 106.0) })
        {
            await AddAsync(store,
                Own(Noon.AddSeconds(at), "dotnet.process.cpu.time", "sum:cumulative", seconds / 2, "user"), Own(Noon.AddSeconds(at), "dotnet.process.cpu.time", "sum:cumulative", seconds / 2, "system"),
                Own(Noon.AddSeconds(at), "dotnet.process.memory.working_set", "updown:cumulative", 5e7 + seconds, null));
        }

        var usage = (await ReadAsync(store, TimeSpan.FromMinutes(1))).Instances.Single().Usage!;

        // Six seconds of processor time in forty.
        usage.Cpu!.Value.ShouldBe(0.15, 1e-6);
        usage.Cpus.Where(c => c > 0).Max()!.Value.ShouldBe(0.2, 1e-6);
        usage.Memory.ShouldBe(5e7 + 106);
        usage.HasStates.ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_AppHost_measures_joins_the_replica_of_that_name()
    {
        await using var store = await OpenAsync();
        await AddAsync(store,
            new SentRequests { Start = Noon.AddMinutes(-1) }.After(Noon.AddSeconds(-20), Same(1)),
            SentRequests.Replica(Noon.AddSeconds(-30), "site-8001", "stack.replica.cpu", 0.2),
            SentRequests.Replica(Noon.AddSeconds(-20), "site-8001", "stack.replica.cpu", 0.4),
            SentRequests.Replica(Noon.AddSeconds(-30), "site-8001", "stack.replica.memory", 1e8),
            SentRequests.Replica(Noon.AddSeconds(-20), "site-8001", "stack.replica.memory", 2e8),
            SentRequests.Replica(Noon.AddSeconds(-40), "site-8001", "stack.replica.state", 1, "Backoff"),
            SentRequests.Replica(Noon.AddSeconds(-20), "site-8001", "stack.replica.state", 1, "Running"));

        var instance = (await ReadAsync(store, TimeSpan.FromMinutes(1))).Instances.Single();

        instance.Service.ShouldBe("site");
        instance.Usage!.Cpu!.Value.ShouldBe(0.3, 1e-6);
        instance.Usage.Memory.ShouldBe(2e8);
        instance.Usage.States.OfType<string>().ShouldBe(["Backoff", "Running"]);
    }

    [Fact]
    public async Task Connections_of_clients_are_the_gateways_and_make_no_instance_of_it()
    {
        await using var store = await OpenAsync();
        foreach (var (at, open) in new[] { (-40, 7), (-30, 9), (-20, 5) })
        {
            await AddAsync(store,
                SentRequests.Connections(Noon.AddSeconds(at), "current", open, "active"), SentRequests.Connections(Noon.AddSeconds(at), "current", 1, "reading"),
                SentRequests.Connections(Noon.AddSeconds(at), "current", 2, "writing"), SentRequests.Connections(Noon.AddSeconds(at), "current", open - 3, "waiting"),
                SentRequests.Connections(Noon.AddSeconds(at), "accepted", 40), SentRequests.Connections(Noon.AddSeconds(at), "handled", 39));
        }

        var figures = await ReadAsync(store, TimeSpan.FromMinutes(1));

        figures.Instances.ShouldBeEmpty();
        var gateway = figures.Gateways.Single();
        (gateway.Name, gateway.Answered.Count).ShouldBe(("nginx", 0));
        var connections = gateway.Connections!;
        (connections.Open, connections.Reading, connections.Writing, connections.Waiting).ShouldBe((5, 1, 2, 2));
        connections.Accepted!.Value.ShouldBe(4, 0.5);
        connections.Refused.ShouldBe(3, 1e-6);
    }

    [Fact]
    public async Task Figures_of_a_transaction_that_failed_are_not_counted_and_those_of_the_next_try_once()
    {
        await using var store = await OpenAsync(o => o with { SegmentPageLimit = 40 });
        var site = new SentRequests { Start = Noon.AddMinutes(-1) };
        await AddAsync(store, site.After(Noon.AddSeconds(-40), Same(10)));

        var batch = new TelemetryBatch();
        batch.Add(site.After(Noon.AddSeconds(-30), Same(10)));
        for (var i = 0; i < 400; i++)
        {
            batch.Add(Samples.Draft(Samples.Log(new string('x', 1000))));
        }

        await store.AddAsync(batch);
        await AddAsync(store, site.After(Noon.AddSeconds(-20), Same(10)));

        Served(await ReadAsync(store)).Count.ShouldBe(30, 0.01);
    }

    [Fact]
    public async Task A_day_of_sixteen_instances_is_read_without_a_scan_of_a_table()
    {
        await using var store = await OpenAsync();
        using var file = SqliteFile.OpenForReading(store.Store.CataloguePath);

        foreach (var sql in new[] { OverviewQueries.RequestsSql, OverviewQueries.UsageSql })
        {
            using var plan = file.Prepare("EXPLAIN QUERY PLAN " + sql);
            plan.Step().ShouldBeTrue();
            plan.Text(3).ShouldContain("USING PRIMARY KEY");
            plan.Text(3).ShouldContain("at>? AND at<?");
        }
    }

    [Fact]
    public async Task Old_figures_go_and_hours_stay()
    {
        await using var store = await OpenAsync();
        await AddAsync(store, new SentRequests { Start = Noon.AddMinutes(-1) }.After(Noon.AddSeconds(-20), Same(9)));

        store.Store.Catalogue.DeleteOldFigures(Noon.AddDays(3), TimeSpan.FromDays(30));

        using var file = SqliteFile.OpenForReading(store.Store.CataloguePath);
        file.ReadText("SELECT group_concat(DISTINCT step) FROM requests").ShouldBe($"{RollupSteps.Hour}");
        store.Store.Catalogue.DeleteOldFigures(Noon.AddDays(31), TimeSpan.FromDays(30));
        file.ReadNumber("SELECT count(*) FROM requests").ShouldBe(0);
    }

    private static PointDraft Own(DateTimeOffset at, string metric, string type, double value, string? mode) => new(
        new SentRequests { Start = at }.Resource,
        new SeriesInfo(new ScopeInfo("System.Runtime", ""), metric, "s", type, mode is null ? "{}" : $$"""{"cpu.mode":"{{mode}}"}"""),
        new PointRow { Time = at, Start = Noon.AddHours(-1), Real = value, Progress = value });

    private static IEnumerable<double> Same(int count) => Enumerable.Repeat(0.02, count);

    private static RequestFigures Served(OverviewFigures figures, bool orNull = false) =>
        orNull && figures.Instances.Count == 0 ? null! : figures.Instances.Single().Served!;

    private Task<OpenStore> OpenAsync(Func<StorageOptions, StorageOptions>? change = null) => OpenStore.AtAsync(_folder.Path, change, _time);

    private static Task AddAsync(OpenStore store, params IEnumerable<PointDraft> points)
    {
        var batch = new TelemetryBatch();
        foreach (var point in points)
        {
            batch.Add(point);
        }

        return store.AddAsync(batch);
    }

    private async Task<OverviewFigures> ReadAsync(OpenStore store, TimeSpan? length = null)
    {
        using var threads = new ReadThreads();
        return await new OverviewQueries(store.Store, threads, _time).ReadAsync(OverviewWindow.Of(Noon - (length ?? TimeSpan.FromMinutes(15)), Noon, Noon), CancellationToken.None);
    }
}
