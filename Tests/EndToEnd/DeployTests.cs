using System.Text.Json;

namespace EndToEnd;

/// <summary>A user deploys new versions while the site is asked all the time, and nobody notices.</summary>
[Collection("product ports")]
[Trait("kind", "e2e")]
public sealed class DeployTests : IAsyncLifetime
{
    private static readonly int Replicas = Environment.ProcessorCount * 2;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly StackPlace _place = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("stack-versions-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Deploy_rollback_and_a_broken_release_cost_no_request_under_load()
    {
        _place.Environment["Board__LongPoll"] = "00:00:01"; // a drain waits for each of them
        var second = await PublishAsync("2.0.0");
        (await _place.StackAsync("up", "--detach", "--no-build")).ExitCode.ShouldBe(0);
        var first = await VersionAsync();
        var before = await PidsAsync();
        using var load = new SteadyLoad(new Uri("http://localhost:8080/"));
        using var forms = await OpenForms.FetchAsync();
        await using var lives = new BoardLives(members: 1);
        await using var people = await BoardTraffic.StartAsync(writers: 2, events: 3, polls: 3, pause: TimeSpan.FromMilliseconds(500));

        var project = await _place.StackAsync("deploy");
        project.ExitCode.ShouldBe(0, project.All);
        project.Output.ShouldStartWith("site: publishing the project\n");
        project.Output.ShouldContain("site-8001: ready\n");
        project.Output.IndexOf("migrations: exited\n", StringComparison.Ordinal).ShouldBeInRange(0, project.Output.IndexOf("site-8001: ", StringComparison.Ordinal), project.All);
        var release = await CurrentAsync();
        project.Output.ShouldEndWith($"'site' runs '{release.GetProperty("name").GetString()}'; before, it was 'build'.\n");
        release.GetProperty("replicas").GetArrayLength().ShouldBe(Replicas);
        var afterProject = await PidsAsync();
        afterProject.Intersect(before).ShouldBeEmpty();
        afterProject.ShouldAllBe(p => WorkingDirectory(p) == release.GetProperty("folder").GetString());

        var folder = await _place.StackAsync("deploy", "site", "--from", second, "--name", "two");
        folder.ExitCode.ShouldBe(0, folder.All);
        Directory.Delete(second, recursive: true);
        (await VersionAsync()).ShouldBe("2.0.0");
        var afterFolder = await PidsAsync();
        afterFolder.Intersect(afterProject).ShouldBeEmpty();
        await forms.ShouldBeTakenAsync();
        using var newer = await OpenForms.FetchAsync();

        var unprepared = await _place.StackAsync("deploy", "--from", Broken(await CurrentAsync(), "{ not json"));
        unprepared.ExitCode.ShouldBe(1, unprepared.All);
        unprepared.All.ShouldContain("The deploy of 'site' has changed nothing. Its job 'migrations', run from '");
        unprepared.All.ShouldMatch("failed: (exit code|signal) "); // .NET aborts itself over what nobody catches
        unprepared.All.ShouldContain("appsettings.json");
        (await PidsAsync()).ShouldBe(afterFolder);

        var broken = await _place.StackAsync("deploy", "--from", Broken(await CurrentAsync(), """{"Board":{"LeaseFor":"00:00:00.1"}}"""));
        broken.ExitCode.ShouldBe(1, broken.All);
        broken.All.ShouldContain("The deploy of 'site' froze at 'site-8001'. ");
        broken.All.ShouldContain("The version before was put back and serves. The replicas after it were not touched. ");
        broken.All.ShouldContain("Board:LeaseFor takes a second or more");
        (await PidsAsync())[1..].ShouldBe(afterFolder[1..]);
        (await VersionAsync()).ShouldBe("2.0.0");
        (await CurrentAsync()).GetProperty("name").GetString().ShouldEndWith("-two");

        var rollback = await _place.StackAsync("rollback");
        rollback.ExitCode.ShouldBe(0, rollback.All);
        (await VersionAsync()).ShouldBe(first);
        (await CurrentAsync()).GetProperty("name").GetString().ShouldBe(release.GetProperty("name").GetString());
        await newer.ShouldBeTakenAsync();
        await load.UntilAsync(100);

        (await load.StopAsync()).ShouldBeEmpty();
        await lives.ShouldHaveGoneWellAsync();
        await people.ShouldHaveLostNothingAsync();
        var list = await _place.StackAsync("releases");
        list.Output.Split('\n')[0].ShouldStartWith("RELEASE ");
        list.Output.ShouldContain("-two ");
    }

    /// <summary>Publishes the site as that version.</summary>
    private async Task<string> PublishAsync(string version)
    {
        var folder = Path.Combine(_folder, version);
        var publish = await Commands.RunAsync(
            "dotnet",
            ["publish", Path.Combine(Repository.Root, "WebSite"), "-c", "Release", "-v", "q", "-nodeReuse:false", "-p:RunAnalyzers=false", $"-p:Version={version}", "--artifacts-path", Path.Combine(_folder, "build"), "-o", folder],
            new Dictionary<string, string>(),
            Limit);
        publish.ExitCode.ShouldBe(0, publish.All);
        return folder;
    }

    /// <summary>A copy of a release with other settings.</summary>
    private string Broken(JsonElement release, string settings)
    {
        var (from, to) = (release.GetProperty("folder").GetString()!, Path.Combine(_folder, $"broken-{Guid.NewGuid():N}"));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        File.WriteAllText(Path.Combine(to, "appsettings.json"), settings);
        return to;
    }

    private async Task<JsonElement> CurrentAsync()
    {
        var releases = await _place.StackAsync("releases", "site", "--json");
        return JsonDocument.Parse(releases.Output).RootElement.GetProperty("releases").EnumerateArray().Single(r => r.GetProperty("current").GetBoolean());
    }

    private async Task<int[]> PidsAsync()
    {
        var status = JsonDocument.Parse((await _place.StackAsync("status", "--json")).Output).RootElement;
        return [.. status.GetProperty("resources").EnumerateArray().Single(r => r.GetProperty("name").GetString() == "site").GetProperty("replicas").EnumerateArray().Select(r => r.GetProperty("pid").GetInt32())];
    }

    /// <summary>The version that every replica says it is of.</summary>
    private static async Task<string> VersionAsync()
    {
        using var client = new HttpClient();
        var versions = new HashSet<string>();
        foreach (var port in Enumerable.Range(8001, Replicas))
        {
            var page = await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"));
            versions.Add(page[(page.IndexOf("<span>version ", StringComparison.Ordinal) + 14)..].Split('<')[0]);
        }

        return versions.ShouldHaveSingleItem();
    }

    private static string? WorkingDirectory(int pid) => File.ResolveLinkTarget($"/proc/{pid}/cwd", returnFinalTarget: false)?.FullName;
}
