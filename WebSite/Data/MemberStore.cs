using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace WebSite.Data;

/// <summary>Signs people up and knows them again.</summary>
public sealed class MemberStore(BoardContext db, GuessLimit guesses, TimeProvider time)
{
    private static readonly PasswordHasher<string> Hasher = new();
    private static readonly string NobodysHash = Hasher.HashPassword("", $"{Guid.NewGuid()}");

    /// <returns>The new member; null: the name is taken.</returns>
    public async Task<Member?> SignUpAsync(string name, string password, CancellationToken cancellationToken)
    {
        var member = new Member { Name = name, FoldedName = Folding.Fold(name), PasswordHash = Hasher.HashPassword(name, password), JoinedAt = time.GetUtcNow() };
        db.Members.Add(member);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return member;
        }
        catch (DbUpdateException)
        {
            // Two sign-ups at once are decided by the unique index, whichever replicas took them.
            if (await FindAsync(name, cancellationToken) is null)
            {
                throw;
            }

            return null;
        }
    }

    /// <summary>Knows a member by name and password. A name that nobody has gets the same answers, and they take as long.</summary>
    public async Task<SignInAnswer> SignInAsync(string name, string password, CancellationToken cancellationToken)
    {
        if (await guesses.EnterAsync(name, cancellationToken) is { } pause)
        {
            return new(null, pause);
        }

        var member = await FindAsync(name, cancellationToken);
        var isRight = Hasher.VerifyHashedPassword(name, member?.PasswordHash ?? NobodysHash, password) != PasswordVerificationResult.Failed;
        if (member is null || !isRight)
        {
            return new(null, null);
        }

        await guesses.ForgetAsync(name, cancellationToken);
        return new(member, null);
    }

    /// <summary>False for somebody whose cookie outlived the database.</summary>
    public Task<bool> ExistsAsync(long id, CancellationToken cancellationToken) => db.Members.AnyAsync(m => m.Id == id, cancellationToken);

    private Task<Member?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var folded = Folding.Fold(name);
        return db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.FoldedName == folded, cancellationToken);
    }
}

/// <summary>What came of a try to sign in.</summary>
/// <param name="Member">Who it is; null: name or password is not right, or was not looked at.</param>
/// <param name="Pause">How long nobody may try under this name; null: the password was looked at.</param>
public sealed record SignInAnswer(Member? Member, TimeSpan? Pause);
