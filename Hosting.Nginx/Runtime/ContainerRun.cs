using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>The command lines that run Nginx in a container: host network, nothing writable but its own folder, mounted at the same path.</summary>
internal static class ContainerRun
{
    /// <summary>
    /// Becomes the engine's client, which passes signals on to Nginx and ends with its exit code. The container belongs to the engine and would
    /// outlive a killed client, so a guard in a session of its own, where a KILL to the group does not reach it, waits for the end of a pipe
    /// that only the client holds, and removes the container.
    /// </summary>
    private const string Script =
        """
        pipe="$1/guard-$$"; engine="$2"; name="$3-$$"; shift 3
        mkfifo -m 600 "$pipe" || exit 126
        env -u STACK_INSTANCE -u STACK_STATE setsid sh -c 'exec <"$1"; rm -f "$1"; cat; "$2" rm --force "$3"' guard "$pipe" "$engine" "$name" >/dev/null 2>&1 &
        exec 9>"$pipe"
        exec "$engine" run --name "$name" "$@"
        """;

    /// <summary>Starts Nginx to stay, as a child of the supervisor.</summary>
    public static NginxLaunch Launch(ContainerChoice choice, NginxRequest request, IEnumerable<string> arguments, string version)
    {
        List<string> all = ["-c", Script, "sh", request.Folder, choice.Engine, $"{request.Name}-{Hash(request.Folder)}"];
        all.AddRange(["--rm", "--sig-proxy=true", "--stop-signal", "QUIT", "--log-driver", "none", "--label", Label(request.Folder)]);
        if (request.Port < 1024)
        {
            all.AddRange(["--cap-add", "NET_BIND_SERVICE"]);
        }

        all.AddRange(Common(choice, request));
        all.AddRange(arguments);
        return new NginxLaunch("/bin/sh", all, choice, version);
    }

    /// <summary>What goes before nginx's arguments to run it to its end.</summary>
    public static IReadOnlyList<string> Short(ContainerChoice choice, NginxRequest request) => ["run", "--rm", .. Common(choice, request)];

    /// <summary>By which an AppHost finds what one with the same state folder left behind.</summary>
    public static string Label(string folder) => $"stack.nginx={Hash(folder)}";

    // A folder is mounted, never single files: a mounted file stays the old one after it was replaced.
    private static string[] Common(ContainerChoice choice, NginxRequest request) =>
    [
        "--network", "host", "--read-only", "--pull", "never", "--user", $"{UserId()}:{GroupId()}",
        .. Mount(request.Folder), .. Mount(Path.GetDirectoryName(request.AdminSocket)!),
        .. CertificateFolders(request.Options.Tls).SelectMany(folder => Mount(folder, "readonly")), "--entrypoint", "nginx", choice.Image,
    ];

    private static string[] Mount(string folder, params string[] more) => ["--mount", string.Join(',', [$"type=bind,\"source={folder}\",\"target={folder}\"", .. more])];

    /// <summary>Where certificate and key are, and where their links lead to.</summary>
    private static IEnumerable<string> CertificateFolders(TlsPlan? tls) =>
        new[] { tls?.Certificate, tls?.Key }.OfType<string>()
            .SelectMany(file => new[] { file, File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName }.OfType<string>())
            .Select(file => Path.GetDirectoryName(file)!)
            .Distinct(StringComparer.Ordinal);

    private static string Hash(string folder) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..8];

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint UserId();

    [DllImport("libc", EntryPoint = "getegid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GroupId();
}
