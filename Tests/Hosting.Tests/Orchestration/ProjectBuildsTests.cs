using Aspire.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Supervision;

namespace Hosting.Tests.Orchestration;

public sealed class ProjectBuildsTests : IDisposable
{
    private static readonly Project Shop = new("/src/Shop/Shop.csproj");
    private readonly FakeTools _tools = new();
    private readonly ProjectBuilds _builds;

    public ProjectBuildsTests() => _builds = new ProjectBuilds(_tools, "Release", NullLogger<ProjectBuilds>.Instance);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _builds.Dispose();

    [Fact]
    public async Task A_project_is_built_in_the_configuration_of_the_AppHost_and_then_asked_for_its_output()
    {
        (await _builds.OutputAsync("shop", Shop, Cancelled)).ShouldBe("/src/Shop/bin/Shop.dll");

        _tools.Calls.ShouldBe([
            "build /src/Shop/Shop.csproj -nologo -v:q -nodeReuse:false -p:Configuration=Release",
            "msbuild /src/Shop/Shop.csproj -nologo -getProperty:TargetPath -getProperty:TargetFrameworks -p:Configuration=Release"]);
        _tools.Folders.Distinct().ShouldBe(["/src/Shop"]);
    }

    [Fact]
    public async Task Replicas_share_one_build()
    {
        _tools.Hold();
        var replicas = Enumerable.Range(0, 4).Select(_ => _builds.OutputAsync("shop", Shop, Cancelled)).ToList();
        _tools.Release();

        (await Task.WhenAll(replicas)).Distinct().ShouldBe(["/src/Shop/bin/Shop.dll"]);
        await _builds.OutputAsync("shop", Shop, Cancelled);

        _tools.Calls.Count(c => c.StartsWith("build ", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Two_projects_are_never_built_at_the_same_time()
    {
        await Task.WhenAll(_builds.OutputAsync("a", new Project("/src/A/A.csproj"), Cancelled), _builds.OutputAsync("b", new Project("/src/B/B.csproj"), Cancelled));

        _tools.Calls.Count.ShouldBe(4);
        _tools.MostAtOnce.ShouldBe(1);
    }

    [Fact]
    public async Task A_project_that_is_built_elsewhere_is_only_asked()
    {
        await _builds.OutputAsync("shop", new Project("/src/Shop/Shop.csproj", suppressBuild: true), Cancelled);

        _tools.Calls.ShouldHaveSingleItem().ShouldStartWith("msbuild ");
    }

    [Fact]
    public async Task A_build_that_fails_is_told_with_its_errors_and_tried_again_the_next_time()
    {
        _tools.Fail("Shop.cs(1,2): error CS1002: ; expected", "Shop.cs(1,2): error CS1002: ; expected", "    1 Error(s)");

        (await Should.ThrowAsync<DistributedApplicationException>(() => _builds.OutputAsync("shop", Shop, Cancelled))).Message.ShouldBe(
            "Resource 'shop': the build of '/src/Shop/Shop.csproj' failed: Shop.cs(1,2): error CS1002: ; expected");
        _tools.Succeed();

        (await _builds.OutputAsync("shop", Shop, Cancelled)).ShouldBe("/src/Shop/bin/Shop.dll");
    }

    [Fact]
    public async Task A_build_that_fails_without_an_error_line_is_told_with_its_last_words()
    {
        _tools.Fail("first", "MSB1009: Project file does not exist.");

        (await Should.ThrowAsync<DistributedApplicationException>(() => _builds.OutputAsync("shop", Shop, Cancelled))).Message.ShouldBe(
            $"Resource 'shop': the build of '/src/Shop/Shop.csproj' failed: first{Environment.NewLine}MSB1009: Project file does not exist.");
    }

    [Fact]
    public async Task A_project_with_several_frameworks_says_which()
    {
        _tools.Properties = """{ "Properties": { "TargetPath": "", "TargetFrameworks": "net8.0;net10.0" } }""";

        (await Should.ThrowAsync<DistributedApplicationException>(() => _builds.OutputAsync("shop", Shop, Cancelled))).Message.ShouldBe(
            "Resource 'shop': the project '/src/Shop/Shop.csproj' has several target frameworks (net8.0;net10.0), so it is not clear what to run. Give it one, or add a folder that it was published to.");
    }

    [Fact]
    public async Task A_tool_that_is_missing_is_named()
    {
        _tools.Missing = true;

        (await Should.ThrowAsync<DistributedApplicationException>(() => _builds.OutputAsync("shop", Shop, Cancelled))).Message.ShouldBe("no dotnet");
    }

    [Fact]
    public async Task Who_stops_waiting_does_not_end_the_build_of_the_others()
    {
        _tools.Hold();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var first = _builds.OutputAsync("shop", Shop, gone.Token);
        var second = _builds.OutputAsync("shop", Shop, Cancelled);

        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        _tools.Release();

        (await second).ShouldBe("/src/Shop/bin/Shop.dll");
    }

    [Fact]
    public async Task A_rebuild_builds_again_and_replicas_share_it()
    {
        await _builds.RebuildAsync("shop", Shop, Cancelled);
        _tools.Hold();
        var replicas = Enumerable.Range(0, 4).Select(_ => _builds.RebuildAsync("shop", Shop, Cancelled)).ToList();
        _tools.Release();
        await Task.WhenAll(replicas);

        _tools.Calls.ShouldBe(Enumerable.Repeat("build /src/Shop/Shop.csproj -nologo -v:q -nodeReuse:false -p:Configuration=Release", 2));
    }

    [Fact]
    public async Task A_publish_builds_beside_what_runs_of_the_project()
    {
        await _builds.PublishAsync("shop", Shop, "/state/releases/shop/.draft-1", "/state/releases/shop/.build", Cancelled);

        _tools.Calls.ShouldBe([
            "publish /src/Shop/Shop.csproj -nologo -v:q -nodeReuse:false -p:UseSharedCompilation=false -c Release -o /state/releases/shop/.draft-1 --artifacts-path /state/releases/shop/.build"]);
    }

    [Fact]
    public async Task A_publish_that_fails_is_told_with_its_errors()
    {
        _tools.Fail("Shop.cs(1,2): error CS1002: ; expected");

        (await Should.ThrowAsync<DistributedApplicationException>(() => _builds.PublishAsync("shop", Shop, "/out", "/build", Cancelled))).Message.ShouldBe(
            "Resource 'shop': '/src/Shop/Shop.csproj' could not be published: Shop.cs(1,2): error CS1002: ; expected");
    }

    [Fact]
    public async Task What_belongs_to_the_command_that_started_the_AppHost_does_not_reach_the_build()
    {
        Environment.SetEnvironmentVariable("MSBUILD_TEST_VARIABLE", "x");
        try
        {
            await _builds.RebuildAsync("shop", Shop, Cancelled);
        }
        finally
        {
            Environment.SetEnvironmentVariable("MSBUILD_TEST_VARIABLE", null);
        }

        _tools.Environments[0].TryGetValue("MSBUILD_TEST_VARIABLE", out var removed).ShouldBeTrue();
        removed.ShouldBeNull();
    }

    private sealed class Project(string path, bool suppressBuild = false) : IProjectMetadata
    {
        public string ProjectPath { get; } = path;

        public bool SuppressBuild { get; } = suppressBuild;
    }

    private sealed class FakeTools : IToolRunner
    {
        private readonly Lock _lock = new();
        private TaskCompletionSource _gate = Open();
        private string[]? _failure;
        private int _running;

        public List<string> Calls { get; } = [];

        public List<string> Folders { get; } = [];

        public List<IReadOnlyDictionary<string, string?>> Environments { get; } = [];

        public int MostAtOnce { get; private set; }

        public bool Missing { get; set; }

        public string Properties { get; set; } = """{ "Properties": { "TargetPath": "/src/Shop/bin/Shop.dll", "TargetFrameworks": "" } }""";

        public void Hold() => _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _gate.SetResult();

        public void Fail(params string[] lines) => _failure = lines;

        public void Succeed() => _failure = null;

        public async Task<int> RunAsync(ToolRequest request, Action<string> line, CancellationToken cancellationToken)
        {
            if (Missing)
            {
                throw new LaunchException("no dotnet", 2, isPermanent: true);
            }

            lock (_lock)
            {
                Calls.Add(string.Join(' ', request.Arguments));
                Folders.Add(request.WorkingDirectory);
                Environments.Add(request.Environment);
                MostAtOnce = Math.Max(MostAtOnce, ++_running);
            }

            await _gate.Task.WaitAsync(cancellationToken);
            await Task.Yield();
            lock (_lock)
            {
                _running--;
            }

            foreach (var text in _failure ?? (request.Arguments[0] == "msbuild" ? [Properties] : []))
            {
                line(text);
            }

            return _failure is null ? 0 : 1;
        }

        private static TaskCompletionSource Open()
        {
            var open = new TaskCompletionSource();
            open.SetResult();
            return open;
        }
    }
}
