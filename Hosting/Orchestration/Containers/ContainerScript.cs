namespace Stack.Hosting.Orchestration.Containers;

/// <summary>
/// The shell that is supervised in place of a container. The container belongs to the engine, so this process stands for it: what the container writes
/// is its output, it ends with the container's exit code, and TERM stops the container the way its image wants it.
/// </summary>
internal static class ContainerScript
{
    // The engine's client is not to get our signals: some versions end by them at once, and lose output and exit code. It has a session of its own and dies
    // with the shell. A wait that the signal ends tells nothing of the client; a second one does, and says 127 when the first was not ended by the signal.
    // A KILL to the shell comes when the grace is over or the AppHost has died: then the client is gone and the container must not stay.
    private const string Attached =
        """
        asked=
        setsid setpriv --pdeathsig KILL "$engine" start --attach "$name" 9>&- &
        client=$!
        trap 'asked=1; "$engine" stop --time "$grace" "$name" >/dev/null 2>&1 9>&-' TERM
        wait "$client"; code=$?
        while [ -n "$asked" ]; do asked=; wait "$client"; again=$?; [ "$again" -eq 127 ] || code=$again; done
        exit "$code"
        """;

    // So a guard, in a session of its own where signals to the group do not reach it, waits for the end of a pipe that only the shell holds, and removes
    // the container; and the network too when it was the AppHost that died.
    private const string Guarded =
        """
        engine="$1"; name="$2"; grace="$3"; pipe="$4/guard-$2"
        mkfifo -m 600 "$pipe" || exit 126
        env -u STACK_INSTANCE -u STACK_STATE setsid sh -c 'exec <"$1"; rm -f "$1"; cat; "$2" rm --force --volumes "$3"; [ -z "$4" ] || kill -0 "$5" || "$2" network rm "$4"' guard "$pipe" "$engine" "$name" "$5" "$6" >/dev/null 2>&1 &
        exec 9>"$pipe"

        """;

    private const string Kept =
        """
        engine="$1"; name="$2"; grace="$3"

        """;

    /// <summary>Arguments of <c>/bin/sh</c> for a container that ends with the AppHost.</summary>
    /// <param name="engine">The engine's client.</param>
    /// <param name="name">The container.</param>
    /// <param name="grace">Seconds between the stop signal and the engine's KILL.</param>
    /// <param name="folder">Folder for the guard's pipe.</param>
    /// <param name="network">The network that ends with the AppHost; null: none.</param>
    /// <param name="appHost">Process id of the AppHost.</param>
    public static IReadOnlyList<string> Session(string engine, string name, int grace, string folder, string? network, int appHost)
        => ["-c", Guarded + Attached, "sh", engine, name, $"{grace}", folder, network ?? "", $"{appHost}"];

    /// <summary>Arguments of <c>/bin/sh</c> for a container that stays when the AppHost ends: nothing is removed then.</summary>
    public static IReadOnlyList<string> Persistent(string engine, string name, int grace) => ["-c", Kept + Attached, "sh", engine, name, $"{grace}"];
}
