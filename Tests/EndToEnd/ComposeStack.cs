using Testing;

namespace EndToEnd;

/// <summary>The product's AppHost, published for Docker Compose into a folder and run there with images of this machine.</summary>
internal sealed class ComposeStack(DockerEngine docker, string folder) : IAsyncDisposable
{
    public const int Replicas = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public static IEnumerable<string> Sites => Enumerable.Range(8001, Replicas).Select(port => $"site-{port}");

    private string Settings => Path.Combine(folder, ".env");

    /// <summary>Publishes, and does what the output's README says, with images that need no registry.</summary>
    public async Task MakeAsync()
    {
        ShouldBeDone(await Commands.StackAsync(new Dictionary<string, string>(), "publish", "compose", folder, "--replicas", $"site={Replicas}"));
        File.GetUnixFileMode(Settings).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var text = (await File.ReadAllTextAsync(Settings)).Replace("BOARD=''", "BOARD='Data Source=/var/lib/stack/stack/board/board.db'", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Settings, $"{text}\nHEALTH_INTERVAL='3s'\nSITE_MEMORY='512m'\nSITE_CPUS='1.5'\nNGINX_IMAGE='{DockerEngine.Image}'\n");

        await docker.UseAsync();
        await DotnetImage.MakeAsync(docker.DockerAsync);
        await RunAsync("images/build.sh", [Repository.Root], new Dictionary<string, string> { ["BASE_IMAGE"] = DotnetImage.Name, ["DOCKER_BUILDKIT"] = "0" });
    }

    /// <summary>Publishes again, with so many replicas.</summary>
    public Task PublishAsync(int replicas) => DoneAsync(
        "dotnet", [Path.Combine(Repository.Root, "AppHost/bin/Release/net10.0/AppHost.dll"), "--publisher", "compose", "--output-path", folder, "--replicas", $"site={replicas}"]);

    /// <summary>Makes an image of the site with other settings, and has it used from the next roll on until the result is disposed of.</summary>
    public async Task<IDisposable> UseImageWithAsync(string settings)
    {
        const string Image = "stack/website:bad";
        var build = Directory.CreateDirectory(Path.Combine(folder, "bad")).FullName;
        await File.WriteAllTextAsync(Path.Combine(build, "appsettings.json"), settings);
        await File.WriteAllTextAsync(Path.Combine(build, "Dockerfile"), "FROM stack/website:1.0.0\nCOPY appsettings.json /app/appsettings.json\n");
        await docker.DockerAsync("build", "--quiet", "--tag", Image, build);
        var before = await File.ReadAllTextAsync(Settings);
        await File.WriteAllTextAsync(Settings, $"{before}WEBSITE_IMAGE='{Image}'\n");
        return new Undo(() => File.WriteAllText(Settings, before));
    }

    public Task<string> ComposeAsync(params string[] arguments) => DoneAsync("docker-compose", ["--project-directory", folder, "--file", Path.Combine(folder, "docker-compose.yaml"), .. arguments]);

    /// <summary>Runs a script of the output.</summary>
    public Task<string> RunAsync(string script, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
        => DoneAsync("/bin/bash", [Path.Combine(folder, script), .. arguments], environment);

    /// <summary>Runs a script that may fail.</summary>
    public Task<CommandResult> TryAsync(string script, IReadOnlyDictionary<string, string> environment, params string[] arguments)
        => Commands.RunAsync("/bin/bash", [Path.Combine(folder, script), .. arguments], environment, Limit);

    /// <summary>A value of the user's file.</summary>
    public string Setting(string name) => File.ReadLines(Settings).First(l => l.StartsWith($"{name}=", StringComparison.Ordinal)).Split('\'')[1];

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

    private sealed class Undo(Action undo) : IDisposable
    {
        public void Dispose() => undo();
    }
}
