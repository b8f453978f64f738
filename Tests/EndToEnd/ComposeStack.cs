using Testing;

namespace EndToEnd;

/// <summary>The product's AppHost, published for Docker Compose into a folder and run there with images of this machine.</summary>
internal sealed class ComposeStack(DockerEngine docker, string folder) : IAsyncDisposable
{
    public const int Replicas = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public static IEnumerable<string> Sites => Enumerable.Range(8001, Replicas).Select(port => $"site-{port}");

    /// <summary>Publishes, and does what the output's README says, with images that need no registry.</summary>
    public async Task MakeAsync()
    {
        ShouldBeDone(await Commands.StackAsync(new Dictionary<string, string>(), "publish", "compose", folder, "--replicas", $"site={Replicas}"));
        var settings = Path.Combine(folder, ".env");
        File.GetUnixFileMode(settings).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var text = (await File.ReadAllTextAsync(settings)).Replace("BOARD=''", "BOARD='Data Source=/var/lib/stack/stack/board/board.db'", StringComparison.Ordinal);
        await File.WriteAllTextAsync(settings, $"{text}\nHEALTH_INTERVAL='3s'\nNGINX_IMAGE='{DockerEngine.Image}'\n");

        await docker.UseAsync();
        await DotnetImage.MakeAsync(docker);
        await RunAsync("images/build.sh", [Repository.Root], new Dictionary<string, string> { ["BASE_IMAGE"] = DotnetImage.Name, ["DOCKER_BUILDKIT"] = "0" });
    }

    public Task<string> ComposeAsync(params string[] arguments) => DoneAsync("docker-compose", ["--project-directory", folder, "--file", Path.Combine(folder, "docker-compose.yaml"), .. arguments]);

    /// <summary>Runs a script of the output.</summary>
    public Task<string> RunAsync(string script, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
        => DoneAsync("/bin/bash", [Path.Combine(folder, script), .. arguments], environment);

    /// <summary>A value of the user's file.</summary>
    public string Setting(string name) => File.ReadLines(Path.Combine(folder, ".env")).First(l => l.StartsWith($"{name}=", StringComparison.Ordinal)).Split('\'')[1];

    /// <summary>What the engine says of a service's container.</summary>
    public async Task<string> InspectAsync(string service, string format) => await docker.DockerAsync("inspect", "--format", format, $"stack_{service}_1");

    public async Task<string> AddressAsync(string service) => await InspectAsync(service, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");

    /// <summary>Containers and when they were started; those of jobs, which run at each start, are left out.</summary>
    public async Task<IReadOnlyList<string>> RunningAsync()
    {
        var running = (await docker.DockerAsync("ps", "--quiet")).Split('\n');
        return [.. (await docker.DockerAsync(["inspect", "--format", "{{.Name}} {{.Id}} {{.State.StartedAt}}", .. running])).Split('\n').Order(StringComparer.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(folder, "docker-compose.yaml")) && (await docker.DockerAsync("ps", "--all", "--quiet")).Length > 0)
        {
            await ComposeAsync("down", "--volumes", "--timeout", "1");
        }
    }

    private static async Task<string> DoneAsync(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
        => ShouldBeDone(await Commands.RunAsync(file, arguments, environment ?? new Dictionary<string, string>(), Limit));

    private static string ShouldBeDone(CommandResult result)
    {
        result.ExitCode.ShouldBe(0, result.All);
        return result.All;
    }
}
