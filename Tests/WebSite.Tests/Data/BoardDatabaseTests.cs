using Microsoft.Extensions.Configuration;
using WebSite.Data;
using WebSite.Starting;

namespace WebSite.Tests.Data;

/// <summary>Which database is meant by what is configured.</summary>
public sealed class BoardDatabaseTests
{
    private const string Forms = "SQLite takes 'Data Source=/var/lib/board/board.db', PostgreSQL 'Host=db;Database=board;Username=board;Password=…'";

    [Theory]
    [InlineData("Data Source=/x/board.db", null, DatabaseKind.Sqlite, "/x/board.db")]
    [InlineData("filename=/x/board.db;Cache=Private", null, DatabaseKind.Sqlite, "/x/board.db")]
    [InlineData("Data Source=/x/y/../board.db", "SQLite", DatabaseKind.Sqlite, "/x/board.db")]
    [InlineData("Host=db;Database=board;Username=me;Password=secret", null, DatabaseKind.PostgreSql, "board on db")]
    [InlineData("Server=/run/postgresql;Database=board;User Id=me", null, DatabaseKind.PostgreSql, "board on /run/postgresql")]
    [InlineData("Host=db;Username=me", "postgresql", DatabaseKind.PostgreSql, "me on db")]
    public void The_connection_string_tells_unless_it_is_said(string text, string? provider, DatabaseKind kind, string place)
    {
        var database = Read(text, provider);

        (database.Kind, database.Place, database.IsPersonal).ShouldBe((kind, place, false));
    }

    [Fact]
    public void Nothing_configured_is_a_file_of_the_user()
    {
        var database = Read(null, null);

        (database.Kind, database.IsPersonal).ShouldBe((DatabaseKind.Sqlite, true));
        database.Place.ShouldEndWith("/stack-website/board.db");
    }

    [Theory]
    [InlineData("mongodb://db/board?password=secret")]
    [InlineData("postgresql://me:secret@db/board")]
    [InlineData("Password=secret")]
    [InlineData("Data Source=a.db;Host=db;Password=secret")]
    public void What_is_neither_is_refused_with_both_forms_and_without_showing_it(string text)
        => Refused(text, null).ShouldBe(
            $"The connection string 'ConnectionStrings:board' is neither one for SQLite nor one for PostgreSQL. {Forms}. Correct it, or say with 'Board:Provider' which one is meant: sqlite or postgresql.");

    [Theory]
    [InlineData("Host=db;Trusted_Connection=true;Password=secret")]
    [InlineData("Data Source=/x/board.db;Colour=red;Pwd=secret")]
    [InlineData("nonsense with secret in it")]
    public void A_word_that_the_database_does_not_know_is_refused_without_showing_the_rest(string text)
    {
        var message = Refused(text, null);

        message.ShouldStartWith("The connection string 'ConnectionStrings:board' can't be used: ");
        message.ShouldEndWith($" {Forms}.");
        message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=x;Mode=Memory;Cache=Shared")]
    public void A_database_in_memory_would_be_one_for_each_replica(string text)
        => Refused(text, null).ShouldBe(
            "The connection string 'ConnectionStrings:board' names a database in memory, of which every replica would have its own. Name a file: Data Source=/var/lib/board/board.db.");

    [Fact]
    public void A_provider_that_there_is_not_is_named()
        => Refused("Data Source=/x", "oracle").ShouldBe("The setting 'Board:Provider' is 'oracle'. It takes 'sqlite' or 'postgresql'; without it the connection string tells.");

    private static string Refused(string text, string? provider) => Should.Throw<StartException>(() => Read(text, provider)).Message;

    private static BoardDatabase Read(string? text, string? provider)
        => BoardDatabase.From(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:board", text), new("Board:Provider", provider)]).Build());
}
