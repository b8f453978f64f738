using Stack.Hosting.Control.Contract;

namespace Stack.Cli;

/// <summary>Says where the control socket may be, the likeliest place first.</summary>
internal static class SocketPlaces
{
    public const string Variable = "STACK_CONTROL_SOCKET";

    /// <param name="named">Value of <see cref="Variable"/>: then there is no other place.</param>
    /// <param name="appHost">Folder of the AppHost's project.</param>
    /// <param name="app">Name of the app.</param>
    /// <param name="state">State folder, where the AppHost was given one; seen from the AppHost's folder.</param>
    public static IReadOnlyList<string> Of(string? named, string appHost, string app, string? state)
    {
        if (!string.IsNullOrEmpty(named))
        {
            return [named];
        }

        if (!string.IsNullOrEmpty(state))
        {
            return [RunFolder.ControlSocket(RunFolder.Development(app, Path.GetFullPath(state, appHost))), RunFolder.ControlSocket(RunFolder.Production(app))];
        }

        // The last: a production AppHost that may not write below /run.
        string[] folders = [RunFolder.Development(app, Path.Combine(appHost, ".stack")), RunFolder.Production(app), RunFolder.Development(app, $"/var/lib/stack/{app}")];
        return [.. folders.Select(RunFolder.ControlSocket)];
    }
}
