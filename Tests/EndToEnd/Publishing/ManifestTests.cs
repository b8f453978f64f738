using System.Text.Json;

namespace EndToEnd.Publishing;

/// <summary>The manifest of the product's own AppHost, asked for as a user types it. No tool that reads it is here to be run.</summary>
[Collection("boxes")]
[Trait("kind", "e2e")]
public sealed class ManifestTests : IDisposable
{
    private static readonly Dictionary<string, string> Nothing = [];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("stack-manifest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Publish_manifest_writes_it_and_what_it_can_not_say_and_twice_the_same()
    {
        var first = await Commands.StackAsync(Nothing, "publish", "manifest", _folder, "--replicas", "site=3");
        first.ExitCode.ShouldBe(0, first.All);
        first.All.ShouldContain("Resource 'site' has 3 replicas, and the manifest's format can't say so");
        first.All.ShouldContain("aspire-manifest.stack.json");
        var written = await ReadAsync();

        var again = await AppHostAsync("--output-path", _folder, "--replicas", "site=3");
        again.ExitCode.ShouldBe(0, again.All);
        (await ReadAsync()).ShouldBe(written);

        written.Keys.ShouldBe(["aspire-manifest.json", "aspire-manifest.stack.json"]);
        var site = JsonElement.Parse(written["aspire-manifest.stack.json"]).GetProperty("resources").GetProperty("site");
        site.GetProperty("replicas").GetInt32().ShouldBe(3);
        site.GetProperty("instances").EnumerateArray().Select(i => i.GetString()).ShouldBe(["site-8001", "site-8002", "site-8003"]);
        var manifest = JsonElement.Parse(written["aspire-manifest.json"]).GetProperty("resources");
        manifest.EnumerateObject().Where(r => !r.Value.TryGetProperty("type", out _)).ShouldBeEmpty("none has an error in its place");
        Path.GetFullPath(manifest.GetProperty("site").GetProperty("path").GetString()!, _folder).ShouldBe(Path.Combine(Repository.Root, "WebSite/WebSite.csproj"));
    }

    [Theory]
    [InlineData(2, "Give --output-path")]
    [InlineData(1, "There is no resource 'shop' to set the replicas of.", "--output-path", "out", "--replicas", "shop=2")]
    [InlineData(1, "The manifest can't be written to '/proc/self/out/aspire-manifest.json': ", "--output-path", "/proc/self/out")]
    public async Task What_goes_wrong_has_a_message_and_an_exit_code(int code, string message, params string[] arguments)
    {
        var result = await AppHostAsync(arguments);

        result.ExitCode.ShouldBe(code, result.All);
        result.All.ShouldContain(message);
        result.All.ShouldNotContain("   at ", customMessage: "a stack trace is no message");
        Directory.EnumerateFileSystemEntries(_folder).ShouldBeEmpty();
    }

    private Task<CommandResult> AppHostAsync(params string[] arguments) => Commands.RunAsync(
        "env", ["-C", _folder, "dotnet", Path.Combine(Repository.Root, "AppHost/bin/Release/net10.0/AppHost.dll"), "--publisher", "manifest", .. arguments], Nothing, Limit);

    private async Task<SortedDictionary<string, string>> ReadAsync()
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(_folder))
        {
            files[Path.GetFileName(file)] = await File.ReadAllTextAsync(file);
        }

        return files;
    }
}
