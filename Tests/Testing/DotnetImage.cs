using Stack.Hosting.Supervision.Commands;

namespace Testing;

/// <summary>An image of this machine's ASP.NET Core in place of the public one, which tests can't pull: no shell, no time zones, user 1654.</summary>
public static class DotnetImage
{
    public const string Name = "stack-test/aspnet:10.0";

    // $1: where to make it, $2: the folder of .NET, $3: the version. Libraries for TLS are opened at run time, so that ldd does not name them.
    private const string Script = """
        set -e
        shared=$1/usr/share/dotnet/shared
        mkdir -p "$1/etc" "$1/tmp" "$1/usr/bin" "$1/usr/share/dotnet/host/fxr" "$shared/Microsoft.NETCore.App" "$shared/Microsoft.AspNetCore.App"
        chmod 1777 "$1/tmp"
        cp "$2/dotnet" "$1/usr/share/dotnet/"
        cp -R "$2/host/fxr/$3" "$1/usr/share/dotnet/host/fxr/"
        cp -R "$2/shared/Microsoft.NETCore.App/$3" "$shared/Microsoft.NETCore.App/"
        cp -R "$2/shared/Microsoft.AspNetCore.App/$3" "$shared/Microsoft.AspNetCore.App/"
        ln -s ../share/dotnet/dotnet "$1/usr/bin/dotnet"
        { ldd "$2/dotnet" $(find "$shared" -name '*.so') | grep -o '=> /[^ ]*\|^[[:space:]]/[^ ]* (' | grep -o '/[^ ]*'; ldconfig -p | grep -o '/[^ ]*lib\(ssl\|crypto\)\.so\.3$'; } | sort -u | while read -r library; do
            mkdir -p "$1$(dirname "$library")"
            cp -L "$library" "$1$library"
        done
        printf 'root:x:0:0::/:/\napp:x:1654:1654::/:/\n' >"$1/etc/passwd"
        printf 'root:x:0:\napp:x:1654:\n' >"$1/etc/group"
        tar -C "$1" -cf "$1.tar" .
        """;

    public static async Task MakeAsync(DockerEngine docker)
    {
        using TempFolder temp = new();
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var dotnet = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        var result = await new CommandRunner(TimeProvider.System).RunAsync("/bin/sh", ["-c", Script, "sh", temp.File("root"), dotnet, Path.GetFileName(runtime)], TimeSpan.FromSeconds(60), CancellationToken.None);
        if (!result.Succeeded)
        {
            throw new InvalidOperationException($"The image of .NET can't be made: {result.Said}");
        }

        await docker.DockerAsync(
            "import", "--change", "ENV PATH=/usr/bin:/bin DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_RUNNING_IN_CONTAINER=true ASPNETCORE_HTTP_PORTS=8080 APP_UID=1654", temp.File("root.tar"), Name);
    }
}
