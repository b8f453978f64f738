using Npgsql;
using Testing;
using WebSite.Data;
using WebSite.Tests.Fakes;

namespace WebSite.Tests;

/// <summary>Two sets of replicas on one PostgreSQL database, as two machines have them: their key ring is shared too.</summary>
public sealed class PostgresReplicas : IAsyncLifetime
{
    internal PostgresServer Server { get; } = new();

    internal IReadOnlyList<Replicas> Sets { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await Server.InitializeAsync();
        var first = await Replicas.StartAsync(2, await Server.CreateDatabaseAsync());
        Sets = [first];
        Sets = [first, await Replicas.StartAsync(2, first.ConnectionString, ("STACK_KEYS", first.Keys))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replicas in Sets.Reverse())
        {
            await replicas.DisposeAsync();
        }

        await Server.DisposeAsync();
    }
}

/// <summary>The board's journeys on PostgreSQL, and what only PostgreSQL can get wrong.</summary>
[Trait("kind", "process")]
public sealed class PostgresTests(PostgresReplicas site) : JourneyTests, IClassFixture<PostgresReplicas>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected override IReadOnlyList<Uri> Addresses => [.. site.Sets.SelectMany(set => set.Addresses)];

    private string Database => site.Sets[0].ConnectionString;

    [Fact]
    public async Task An_id_that_is_given_out_and_not_committed_holds_up_those_after_it_so_that_no_cursor_passes_it()
    {
        using var guest = new Guest(Addresses);
        await guest.SignUpAsync($"Kim-{Guid.NewGuid():N}"[..20]);
        var before = $"before-{Guid.NewGuid():N}";
        var page = await guest.PostAsync(before);
        var start = long.Parse(page.QuerySelector("#messages")!.GetAttribute("data-cursor")!);
        await using var reader = new LiveReader(Addresses[0], events: true, start);
        await reader.ConnectedAsync();
        var (slow, fast) = ($"slow-{Guid.NewGuid():N}", $"fast-{Guid.NewGuid():N}");

        // A replica that has its id and is held up before its commit.
        await using var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync(Cancelled);
        await using var transaction = await connection.BeginTransactionAsync(Cancelled);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({MessageStore.PostLock})");
        await ExecuteAsync(connection, $"""
            INSERT INTO "Messages" ("MemberId", "Author", "Text", "Folded", "Fingerprint", "PostedAt", "TakenBy")
            SELECT "MemberId", "Author", '{slow}', '{slow}', '{slow}', "PostedAt", "TakenBy" FROM "Messages" WHERE "Text" = '{before}'
            """);
        var posting = guest.SendAsync(page, "#post", ("Text", fast));
        await Wait.UntilAsync(async () => await WaitersAsync() > 0, () => posting.IsCompleted ? $"answered {posting.Result.StatusCode}" : "not answered", TimeSpan.FromSeconds(90));
        posting.IsCompleted.ShouldBeFalse();
        reader.Seen.ShouldNotContain(m => m.Text == fast);
        await transaction.CommitAsync(Cancelled);

        using var posted = await posting;
        await Wait.Until(() => reader.Seen.Any(m => m.Text == fast), () => string.Join(", ", reader.Seen.Select(m => m.Text)));
        reader.Seen.Where(m => m.Text == slow || m.Text == fast).Select(m => m.Text).ShouldBe([slow, fast]);
    }

    [Fact]
    public async Task Readers_go_on_when_the_connection_that_listens_is_cut()
    {
        using var guest = new Guest(Addresses);
        await guest.SignUpAsync($"Lea-{Guid.NewGuid():N}"[..20]);
        var start = long.Parse((await guest.PostAsync($"start-{Guid.NewGuid():N}")).QuerySelector("#messages")!.GetAttribute("data-cursor")!);
        await using var reader = new LiveReader(Addresses[0], events: true, start);
        await reader.ConnectedAsync();
        await Wait.UntilAsync(async () => await ListenersAsync() > 0);

        await PostgresServer.ExecuteAsync(Database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN board' AND datname = current_database()");
        var text = $"after the cut-{Guid.NewGuid():N}";
        await guest.PostAsync(text);

        await Wait.Until(() => reader.Seen.Any(m => m.Text == text));
        await Wait.UntilAsync(async () => await ListenersAsync() > 0, what: "a new listening connection");
    }

    private Task<long> WaitersAsync() => CountAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");

    private Task<long> ListenersAsync() => CountAsync("SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN board' AND datname = current_database()");

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancelled);
    }
}

/// <summary>Replicas that are killed, and eight migrations at once, on PostgreSQL.</summary>
[Trait("kind", "process")]
public sealed class PostgresFailureTests(PostgresServer server) : FailureTests, IClassFixture<PostgresServer>
{
    private protected override async Task<Replicas> StartAsync(int count, params (string Name, string Value)[] variables)
        => await Replicas.StartAsync(count, await server.CreateDatabaseAsync(), variables);

    [Fact]
    public async Task Eight_migration_steps_at_once_on_an_empty_database_apply_each_migration_once()
    {
        await using var replicas = Replicas.None(await server.CreateDatabaseAsync());
        var steps = Enumerable.Range(0, 8).Select(_ => replicas.Launch("--migrate")).ToList();

        var codes = await Task.WhenAll(steps.Select(step => step.ExitAsync(TimeSpan.FromMinutes(2))));

        codes.ShouldAllBe(code => code == 0, string.Join('\n', steps.Select(step => step.Output)));
        steps.Count(step => step.Output.Contains("applied 20261128190000_FirstTables, 20261128220000_SignInTries, 20261128223000_MessageChanges.", StringComparison.Ordinal)).ShouldBe(1);
        foreach (var step in steps)
        {
            await step.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_without_the_password()
    {
        await using var replicas = Replicas.None("Host=/nowhere;Database=board;Username=board;Password=very-secret");
        await using var site = replicas.Launch();
        await using var step = replicas.Launch("--migrate");

        (await site.ExitAsync()).ShouldBe(1);
        (await step.ExitAsync()).ShouldBe(1);
        site.Output.ShouldContain("The board's database 'board on /nowhere' can't be read: ");
        step.Output.ShouldContain("The database 'board on /nowhere' can't be prepared: ");
        (site.Output + step.Output).ShouldNotContain("very-secret");
    }
}
