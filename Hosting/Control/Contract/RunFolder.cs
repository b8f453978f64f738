using System.Security.Cryptography;
using System.Text;

namespace Stack.Hosting.Control.Contract;

/// <summary>Says where an app's sockets are: the one rule that AppHost and Cli share.</summary>
internal static class RunFolder
{
    /// <summary>Longest path that a unix socket may have, in bytes.</summary>
    public const int MaxSocketPath = 107;

    /// <summary>The folder of a development AppHost: named after the app and the hash of its state folder, so that two check-outs do not meet.</summary>
    /// <param name="app">Name of the app, <c>stack</c> by default.</param>
    /// <param name="stateFolder">Absolute path of the state folder.</param>
    public static string Development(string app, string stateFolder)
    {
        var name = $"{app}-{Hash(stateFolder)}";
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return string.IsNullOrEmpty(runtime)
            ? Path.Combine(Path.GetTempPath(), $"stack-{UserId()}", name)
            : Path.Combine(runtime, "stack", name);
    }

    /// <summary>The folder of a production AppHost.</summary>
    public static string Production(string app) => Path.Combine("/run/stack", app);

    /// <summary>The control socket in a run folder.</summary>
    public static string ControlSocket(string runFolder) => Path.Combine(runFolder, "control.sock");

    private static string Hash(string stateFolder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(stateFolder));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..8];
    }

    private static string UserId() => OperatingSystem.IsWindows() ? Environment.UserName : GetUid().ToString();

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "geteuid")]
    [System.Runtime.InteropServices.DefaultDllImportSearchPaths(System.Runtime.InteropServices.DllImportSearchPath.SafeDirectories)]
    private static extern uint GetUid();
}
