using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WebSite.Data;

/// <summary>Registers the board's database and what uses it.</summary>
internal static class DatabaseSetup
{
    public static void AddBoardDatabase(this IHostApplicationBuilder builder)
    {
        var database = BoardDatabase.From(builder.Configuration);
        builder.Services.AddSingleton(database);
        builder.Services.AddPooledDbContextFactory<BoardContext>(options => Configure(options, database));
        builder.Services.AddScoped(services => services.GetRequiredService<IDbContextFactory<BoardContext>>().CreateDbContext());
        builder.Services.AddSingleton<MigrationStep>();
        builder.Services.AddSingleton<DatabaseCheck>();
        builder.Services.AddScoped<GuessLimit>();
        builder.Services.AddScoped<MemberStore>();
        builder.Services.AddScoped<MessageStore>();
    }

    private static void Configure(DbContextOptionsBuilder options, BoardDatabase database)
    {
        // Migrations are written by hand for two databases, so there is no snapshot of one provider's model to compare with.
        options.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
        if (database.Kind == DatabaseKind.PostgreSql)
        {
            options.UseNpgsql(database.ConnectionString);
        }
        else
        {
            options.UseSqlite(database.ConnectionString).AddInterceptors(new SqliteBusyTimeout());
        }
    }
}
