namespace Stack.Hosting.Supervision.Posix;

/// <summary>Makes sure that the kernel keeps our ended children until we have read how they ended.</summary>
internal static class ChildSignal
{
    private const int ActionSize = 256; // struct sigaction has 152 bytes; the handler comes first
    private const nint Ignore = 1;

    /// <summary>
    /// Who started us may have ignored SIGCHLD, which is inherited: children would vanish at their end, and waiting for one would never return.
    /// A handler (.NET's own) stays.
    /// </summary>
    public static unsafe void ResetIfIgnored()
    {
        var action = stackalloc byte[ActionSize];
        new Span<byte>(action, ActionSize).Clear();
        if (Libc.SignalAction(Libc.SignalChild, null, action) == 0 && *(nint*)action == Ignore)
        {
            new Span<byte>(action, ActionSize).Clear();
            _ = Libc.SignalAction(Libc.SignalChild, action, null);
        }
    }
}
