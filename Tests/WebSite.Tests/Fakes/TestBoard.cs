using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.ServiceDefaults;
using Testing;
using WebSite.Data;
using WebSite.Leading;

namespace WebSite.Tests.Fakes;

/// <summary>A board's database on a file of its own, with a clock that stands still, and without a site.</summary>
internal sealed class TestBoard : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services;

    private TestBoard()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:board", $"Data Source={_folder.File("board.db")};Pooling=false")]);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.AddBoardDatabase();
        _services = builder.Services.BuildServiceProvider();
    }

    public ManualTimeProvider Time { get; } = new();

    public BoardOptions Options { get; } = new();

    public IDbContextFactory<BoardContext> Contexts => _services.GetRequiredService<IDbContextFactory<BoardContext>>();

    public LeaseStore Leases => new(Contexts, Time);

    /// <summary>Counts tries to sign in, as one request of one replica does.</summary>
    public async Task<T> GuessAsync<T>(Func<GuessLimit, Task<T>> act)
    {
        await using var db = await Contexts.CreateDbContextAsync();
        return await act(new GuessLimit(db, Time, NullLogger<GuessLimit>.Instance));
    }

    public static async Task<TestBoard> CreateAsync()
    {
        var board = new TestBoard();
        await board._services.GetRequiredService<MigrationStep>().RunAsync(TestContext.Current.CancellationToken);
        return board;
    }

    public Leadership Replica(string name)
    {
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        var identity = new InstanceIdentity { Name = name, Service = "site", StartedAt = Time.GetUtcNow(), Version = "1.0.0" };
        return new(Leases, new CleanUp(Leases, options, Time, NullLogger<CleanUp>.Instance), identity, options, Time, NullLogger<Leadership>.Instance);
    }

    /// <summary>Puts messages of that age into the database.</summary>
    public async Task PutAsync(int count, TimeSpan age)
    {
        await using var db = await Contexts.CreateDbContextAsync();
        var member = await db.Members.FirstOrDefaultAsync() ?? db.Members.Add(new Member { Name = "Ada", FoldedName = "ADA", PasswordHash = "", JoinedAt = Time.GetUtcNow() }).Entity;
        await db.SaveChangesAsync();
        db.Messages.AddRange(Enumerable.Range(0, count).Select(i => new Message
        {
            MemberId = member.Id,
            Author = member.Name,
            Text = $"{i}",
            Folded = $"{i}",
            Fingerprint = $"{Guid.NewGuid()}",
            PostedAt = Time.GetUtcNow() - age,
            TakenBy = "site-1",
        }));
        await db.SaveChangesAsync();
    }

    public async Task<int> CountAsync()
    {
        await using var db = await Contexts.CreateDbContextAsync();
        return await db.Messages.CountAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
