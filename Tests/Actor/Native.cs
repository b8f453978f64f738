using System.Runtime.InteropServices;

namespace Actor;

/// <summary>What .NET has no call for.</summary>
internal static class Native
{
    public static void SetSession() => _ = Call();

    [DllImport("libc", EntryPoint = "setsid")]
    private static extern int Call();
}
