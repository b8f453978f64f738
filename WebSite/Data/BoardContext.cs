using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace WebSite.Data;

/// <summary>The board's tables, the same on SQLite and PostgreSQL.</summary>
public sealed class BoardContext(DbContextOptions<BoardContext> options) : DbContext(options)
{
    /// <summary>Longest name of a member.</summary>
    public const int NameLength = 40;

    /// <summary>Longest message.</summary>
    public const int TextLength = 2000;

    /// <summary>Those who may post.</summary>
    public DbSet<Member> Members => Set<Member>();

    /// <summary>The messages.</summary>
    public DbSet<Message> Messages => Set<Message>();

    /// <summary>What has happened to them since.</summary>
    public DbSet<MessageChange> Changes => Set<MessageChange>();

    /// <summary>Who leads.</summary>
    public DbSet<Lease> Leases => Set<Lease>();

    /// <summary>Who has tried to sign in, and how often.</summary>
    public DbSet<SignInTries> SignInTries => Set<SignInTries>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<Member>().HasIndex(m => m.FoldedName).IsUnique();
        modelBuilder.Entity<Message>().HasIndex(m => m.Fingerprint).IsUnique();
        modelBuilder.Entity<Message>().HasOne<Member>().WithMany().HasForeignKey(m => m.MemberId);
        modelBuilder.Entity<Lease>().HasKey(l => l.Name);
        modelBuilder.Entity<SignInTries>().HasKey(t => t.Name);
    }

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);

        // SQLite has no type for a time that it can compare; a number of milliseconds is the same everywhere.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MillisecondsConverter>();
    }

    private sealed class MillisecondsConverter()
        : ValueConverter<DateTimeOffset, long>(time => time.ToUnixTimeMilliseconds(), milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
