using WebSite.Tests.Fakes;

namespace WebSite.Tests;

/// <summary>The database is prepared once, and a site without it does not serve.</summary>
[Trait("kind", "process")]
public sealed class MigrationTests
{
    [Fact]
    public async Task Eight_steps_at_once_on_an_empty_database_apply_each_migration_once()
    {
        await using var replicas = Replicas.None();
        var steps = Enumerable.Range(0, 8).Select(_ => replicas.Launch("--migrate")).ToList();

        var codes = await Task.WhenAll(steps.Select(step => step.ExitAsync(TimeSpan.FromMinutes(2))));

        codes.ShouldAllBe(code => code == 0, string.Join('\n', steps.Select(step => step.Output)));
        steps.Count(step => step.Output.Contains("applied 20261128190000_FirstTables, 20261128220000_SignInTries, 20261128223000_MessageChanges.", StringComparison.Ordinal)).ShouldBe(1);
        steps.Count(step => step.Output.Contains("nothing was missing", StringComparison.Ordinal)).ShouldBe(7);
        foreach (var step in steps)
        {
            await step.DisposeAsync();
        }

        await replicas.AddAsync();
    }

    [Fact]
    public async Task A_site_on_a_database_without_its_migrations_says_so_and_does_not_serve()
    {
        await using var replicas = Replicas.None();
        await using var site = replicas.Launch();

        (await site.ExitAsync()).ShouldBe(1);

        site.Output.Trim().ShouldBe(
            $"The board's database '{replicas.ConnectionString["Data Source=".Length..]}' lacks 20261128190000_FirstTables, 20261128220000_SignInTries, 20261128223000_MessageChanges. Apply what is missing once, before the replicas start: dotnet WebSite.dll --migrate. "
            + "Replicas don't do it themselves, since N of them would do it at once; a site that is alone may: Board__MigrateAtStart=true.");
        File.Exists(replicas.ConnectionString["Data Source=".Length..]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_migration_that_was_killed_does_not_hold_up_the_next_one()
    {
        await using var replicas = Replicas.None();
        await using (var first = replicas.Launch("--migrate"))
        {
            (await first.ExitAsync()).ShouldBe(0, first.Output);
        }

        // What EF Core leaves behind in that case.
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"{replicas.ConnectionString};Pooling=false"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT OR REPLACE INTO "__EFMigrationsLock" VALUES (1, '2026-01-01');
                DELETE FROM "__EFMigrationsHistory"; DROP TABLE "Messages"; DROP TABLE "Members"; DROP TABLE "Leases"; DROP TABLE "SignInTries"; DROP TABLE "Changes";
                """;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var next = replicas.Launch("--migrate");
        (await next.ExitAsync()).ShouldBe(0, next.Output);
        next.Output.ShouldContain("applied 20261128190000_FirstTables, 20261128220000_SignInTries, 20261128223000_MessageChanges.");
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("0")]
    [InlineData("70000")]
    public async Task A_port_that_is_none_is_one_clear_line(string port)
    {
        await using var replicas = Replicas.None();
        await using var site = replicas.Launch(port);

        (await site.ExitAsync()).ShouldBe(2);
        site.Output.Trim().ShouldBe($"The first argument, '{port}', is not a port. Give a number from 1 to 65535, as in 'dotnet WebSite.dll 8003', or leave it out.");
    }

    [Fact]
    public async Task The_port_may_be_the_first_argument()
    {
        var port = Testing.FreePort.Next();
        await using var replicas = Replicas.None();
        await using (var step = replicas.Launch("--migrate"))
        {
            (await step.ExitAsync()).ShouldBe(0);
        }

        await using var site = replicas.Launch($"{port}");

        await site.SeeAsync($"Now listening on: http://127.0.0.1:{port}");
    }
}
