using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace WebSite.Data;

/// <summary>Signs people up and knows them again.</summary>
public sealed class MemberStore(BoardContext db, TimeProvider time)
{
    private static readonly PasswordHasher<string> Hasher = new();

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

    /// <returns>The member; null: name or password is not right.</returns>
    public async Task<Member?> SignInAsync(string name, string password, CancellationToken cancellationToken)
        => await FindAsync(name, cancellationToken) is { } member
            && Hasher.VerifyHashedPassword(member.Name, member.PasswordHash, password) != PasswordVerificationResult.Failed ? member : null;

    /// <summary>False for somebody whose cookie outlived the database.</summary>
    public Task<bool> ExistsAsync(long id, CancellationToken cancellationToken) => db.Members.AnyAsync(m => m.Id == id, cancellationToken);

    private Task<Member?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var folded = Folding.Fold(name);
        return db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.FoldedName == folded, cancellationToken);
    }
}
