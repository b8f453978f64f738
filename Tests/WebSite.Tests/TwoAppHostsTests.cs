using System.Net;
using Npgsql;
using Testing;
using WebSite.Tests.Fakes;

namespace WebSite.Tests;

/// <summary>Two AppHosts on one PostgreSQL database, with one folder of keys, as two machines have them.</summary>
public sealed class TwoAppHosts : IAsyncLifetime
{
    private readonly PostgresServer _server = new();
    private readonly TempFolder _keys = new();

    internal IReadOnlyList<Machine> Machines { get; private set; } = [];

    internal string Database { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        Database = await _server.CreateDatabaseAsync();
        Machines = [new(Database, _keys.File("keys")), new(Database, _keys.File("keys"))];
        await Task.WhenAll(Machines.Select(machine => machine.StartAsync())); // at once, on an empty database and without keys
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in Machines)
        {
            await machine.DisposeAsync();
        }

        await _server.DisposeAsync();
        _keys.Dispose();
    }
}

/// <summary>The board's journeys with every request on another machine than the one before, and what is true of both together.</summary>
[Trait("kind", "process")]
public sealed class TwoAppHostsTests(TwoAppHosts stack) : JourneyTests, IClassFixture<TwoAppHosts>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // First machine, second machine, first machine…: its gateway, then each replica.
    private protected override IReadOnlyList<Uri> Addresses
        => [.. stack.Machines[0].Replicas.Values.Prepend(stack.Machines[0].Gateway).Zip(stack.Machines[1].Replicas.Values.Prepend(stack.Machines[1].Gateway)).SelectMany(pair => new[] { pair.First, pair.Second })];

    private IReadOnlyList<Uri> Gateways => [.. stack.Machines.Select(machine => machine.Gateway)];

    [Fact]
    public async Task While_one_machine_rolls_nobody_is_signed_out_no_form_is_refused_and_no_reader_misses_a_message()
    {
        var word = $"roll-{Guid.NewGuid():N}"[..13];
        using var guest = new Guest(Gateways);
        await guest.SignUpAsync($"Mia-{word}");
        var before = await guest.PostAsync($"{word} before");
        var start = long.Parse(before.QuerySelector("#messages")!.GetAttribute("data-cursor")!);
        List<LiveReader> readers = [.. Gateways.SelectMany(gateway => new[] { new LiveReader(gateway, events: true, start), new LiveReader(gateway, events: false, start) })];
        readers.Add(new LiveReader(connection => Gateways[connection % 2], events: false, start));
        await Task.WhenAll(readers.Select(reader => reader.ConnectedAsync()));

        List<string> posted = [];
        var roll = stack.Machines[1].RollAsync();
        do
        {
            posted.Add($"{word} {posted.Count}");
            await guest.PostAsync(posted[^1]);
        }
        while (!roll.IsCompleted);

        await roll;
        posted.Add($"{word} with the form from before");
        using var answer = await guest.SendAsync(before, "#post", ("Text", posted[^1]));
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        foreach (var reader in readers)
        {
            await reader.SeesAsync(posted.Count);
            reader.Seen.Select(m => m.Text).ShouldBe(posted);
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task One_replica_of_both_machines_leads_and_when_its_AppHost_stops_one_of_the_other_machine_does()
    {
        var (leader, version) = await LeaderAsync(stack.Machines);
        var leading = stack.Machines.Single(machine => machine.Replicas.ContainsKey(leader));
        var other = stack.Machines.Single(machine => machine != leading);

        await leading.StopAsync();

        var (next, nextVersion) = await LeaderAsync([other]);
        other.Replicas.Keys.ShouldContain(next);
        nextVersion.ShouldBe(version + 1);
        await leading.StartAsync();
        (await LeaderAsync(stack.Machines)).ShouldBe((next, nextVersion));
    }

    /// <summary>The leader that all replicas of these machines name, and the database too.</summary>
    private async Task<(string Name, long Version)> LeaderAsync(IReadOnlyList<Machine> machines)
    {
        using var guest = new Guest([.. machines.SelectMany(machine => machine.Replicas.Values)]);
        HashSet<string> named = [];
        (string Name, long Version) lease = default;
        await Wait.UntilAsync(
            async () =>
            {
                named.Clear();
                lease = await LeaseAsync();
                foreach (var _ in machines.SelectMany(machine => machine.Replicas))
                {
                    named.Add((await guest.GetAsync("/")).QuerySelector("#leader")!.TextContent);
                }

                return named.SetEquals([lease.Name]) && machines.Any(machine => machine.Replicas.ContainsKey(lease.Name)) && await LeaseAsync() == lease;
            },
            () => $"the pages name {string.Join(", ", named)}; the database {lease.Name}, version {lease.Version}");
        return lease;
    }

    private async Task<(string Name, long Version)> LeaseAsync()
    {
        await using var connection = new NpgsqlConnection(stack.Database);
        await connection.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand("""SELECT "Holder", "Version" FROM "Leases" WHERE "ExpiresAt" > extract(epoch FROM now()) * 1000""", connection);
        await using var row = await command.ExecuteReaderAsync(Cancelled);
        return await row.ReadAsync(Cancelled) ? (row.GetString(0), row.GetInt64(1)) : ("nobody", 0);
    }
}
