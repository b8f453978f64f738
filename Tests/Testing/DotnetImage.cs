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

    /// <param name="engine">Runs a command of the container engine.</param>
    public static async Task MakeAsync(Func<string[], Task<string>> engine)
    {
        using TempFolder temp = new();
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var dotnet = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        var result = await new CommandRunner(TimeProvider.System).RunAsync("/bin/sh", ["-c", Script, "sh", temp.File("root"), dotnet, Path.GetFileName(runtime)], TimeSpan.FromSeconds(60), CancellationToken.None);
        if (!result.Succeeded)
        {
            throw new InvalidOperationException($"The image of .NET can't be made: {result.Said}");
        }

        await engine([
            "import", "--change", "ENV PATH=/usr/bin:/bin", "--change", "ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1", "--change", "ENV DOTNET_RUNNING_IN_CONTAINER=true",
            "--change", "ENV ASPNETCORE_HTTP_PORTS=8080", "--change", "ENV APP_UID=1654", temp.File("root.tar"), Name,
        ]);
    }
}
