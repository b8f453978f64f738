using WebSite.Tests.Fakes;

namespace WebSite.Tests;

/// <summary>Three replicas on one SQLite file.</summary>
public sealed class SqliteReplicas : IAsyncLifetime
{
    internal Replicas Replicas { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Replicas = await Replicas.StartAsync(3);

    public ValueTask DisposeAsync() => Replicas.DisposeAsync();
}

/// <summary>The board's journeys on SQLite.</summary>
[Trait("kind", "process")]
public sealed class SqliteTests(SqliteReplicas site) : JourneyTests, IClassFixture<SqliteReplicas>
{
    private protected override IReadOnlyList<Uri> Addresses => site.Replicas.Addresses;
}
