using System.Runtime.InteropServices;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Looks at files with another user's eyes: the kernel itself decides what that user may, access lists included.</summary>
internal static class AsUser
{
    /// <summary>Runs the function on a thread of its own that has the user's rights on files, and ends with it.</summary>
    public static T Look<T>(Account account, Func<T> function)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Become(account);
                result = function();
            }
            catch (LaunchException e)
            {
                failure = e;
            }
        }) { IsBackground = true, Name = "stack-look" };
        thread.Start();
        thread.Join();
        return failure is null ? result : throw failure;
    }

    // System calls change the calling thread alone; the C library's functions of these names would change the process.
    private static unsafe void Become(Account account)
    {
        var dumpable = Libc.ProcessControl(Libc.GetDumpable, 0, 0, 0, 0);
        uint[] groups = [.. account.Groups];
        fixed (uint* first = groups)
        {
            if (Libc.SetThreadGroups(groups.Length, first) < 0)
            {
                throw new LaunchException($"What user '{account.Name}' may do can't be found out: {Marshal.GetLastPInvokeErrorMessage()}.", Marshal.GetLastPInvokeError(), isPermanent: true);
            }
        }

        Libc.SetThreadFileGroup(account.Group);
        Libc.SetThreadFileUser(account.User);

        // That change closes our folder in /proc to children that check by it whether we live.
        _ = Libc.ProcessControl(Libc.SetDumpable, dumpable, 0, 0, 0);
    }
}
