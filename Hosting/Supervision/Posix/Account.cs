using System.Globalization;
using System.Runtime.InteropServices;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>A user that a child can run as, from the system's user database.</summary>
/// <param name="Name">Its name; the number of one that has none.</param>
/// <param name="User">Its number.</param>
/// <param name="Group">Number of the group that goes first.</param>
/// <param name="Groups">Numbers of the other groups.</param>
/// <param name="Home">Its home folder.</param>
internal sealed record Account(string Name, uint User, uint Group, IReadOnlyList<uint> Groups, string Home)
{
    private const int NumbersOffset = 16; // struct passwd and struct group: two pointers come first
    private const int HomeOffset = 32; // uid, gid, and the pointer to the comment
    private const int BufferSize = 64 * 1024; // a group's members are in it
    private const int MostGroups = 4096;

    /// <summary>The one that the settings ask for; null: no other than our own.</summary>
    /// <exception cref="LaunchException">There is no such user or group.</exception>
    public static Account? Find(ProcessSettings settings)
    {
        if (settings is { User: null, Group: null })
        {
            return null;
        }

        uint? group = settings.Group is { } name ? FindGroup(name) : null;
        var account = FindUser(settings.User ?? Number(Libc.EffectiveUser()), group);
        return account.User == Libc.EffectiveUser() && account.Group == Libc.EffectiveGroup() ? null : account;
    }

    /// <summary>Makes a file or folder the user's own.</summary>
    /// <exception cref="LaunchException">That is refused.</exception>
    public void TakeOver(string path)
    {
        if (Libc.ChangeOwner(path, User, Group) < 0)
        {
            throw new LaunchException($"'{path}' can't be given to user '{Name}': {Marshal.GetLastPInvokeErrorMessage()}.", Marshal.GetLastPInvokeError(), isPermanent: true);
        }
    }

    private static unsafe Account FindUser(string user, uint? group)
    {
        var entry = stackalloc byte[64];
        var buffer = new byte[BufferSize];
        fixed (byte* texts = buffer)
        {
            nint found;
            var isNumber = uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            var error = isNumber ? Libc.FindUser(number, entry, texts, BufferSize, out found) : Libc.FindUser(user, entry, texts, BufferSize, out found);
            if (found == 0)
            {
                // A number needs no entry: images of containers have many such users. Its group is then not known.
                return isNumber && group is { } of ? new Account(user, number, of, [], "/") : throw Unknown(
                    isNumber ? $"User {user} has no entry in the system's user database, so its group is not known. Set Group too, or make the user with 'useradd'." : $"The user '{user}' does not exist. Make it with 'useradd --system {user}', or correct User.", error);
            }

            var name = Marshal.PtrToStringUTF8(*(nint*)entry)!;
            var id = *(uint*)(entry + NumbersOffset);
            var primary = group ?? *(uint*)(entry + NumbersOffset + sizeof(uint));
            return new Account(name, id, primary, GroupsOf(name, primary), Marshal.PtrToStringUTF8(*(nint*)(entry + HomeOffset)) is { Length: > 0 } home ? home : "/");
        }
    }

    private static unsafe uint FindGroup(string group)
    {
        var entry = stackalloc byte[64];
        var buffer = new byte[BufferSize];
        fixed (byte* texts = buffer)
        {
            if (uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }

            var error = Libc.FindGroup(group, entry, texts, BufferSize, out var found);
            return found != 0 ? *(uint*)(entry + NumbersOffset) : throw Unknown($"The group '{group}' does not exist. Make it with 'groupadd --system {group}', or correct Group.", error);
        }
    }

    private static unsafe List<uint> GroupsOf(string name, uint primary)
    {
        var groups = stackalloc uint[MostGroups];
        var count = MostGroups;
        _ = Libc.GroupsOf(name, primary, groups, &count);
        return [.. new ReadOnlySpan<uint>(groups, Math.Min(count, MostGroups)).ToArray().Where(g => g != primary).Distinct()];
    }

    private static string Number(uint id) => id.ToString(CultureInfo.InvariantCulture);

    // Zero: the database was read, and it is not in there.
    private static LaunchException Unknown(string message, int error) => error is 0 or Libc.NoEntry or Libc.NoProcess or Libc.BadDescriptor or Libc.PermissionDenied
        ? new LaunchException(message, Libc.NoEntry, isPermanent: true)
        : new LaunchException($"The system's user database can't be read: {Marshal.GetPInvokeErrorMessage(error)}.", error, isPermanent: false);
}
