using System.Collections;
using System.Collections.Concurrent;
using System.Text.Json;
using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>Builds projects, one after another, and finds out what their builds make. Replicas of a project share its build.</summary>
/// <param name="tools">Runs <c>dotnet</c>.</param>
/// <param name="configuration">The configuration that the AppHost itself was built in.</param>
/// <param name="logger">Gets what the builds write.</param>
internal sealed partial class ProjectBuilds(IToolRunner tools, string configuration, ILogger<ProjectBuilds> logger) : IDisposable
{
    private const int ErrorsShown = 10;

    // Of the dotnet command that started the AppHost: they would lead the build to that one's MSBuild, whatever global.json says.
    private static readonly string[] BuildPrefixes = ["MSBUILD", "DOTNET_CLI_", "DOTNET_HOST_PATH"];

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _outputs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task>> _rebuilds = new(StringComparer.Ordinal);

    // Projects may share others: two builds at once would write the same files.
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Path of what the project's build makes; the first call builds it. A build that failed is tried again by the next call.</summary>
    /// <exception cref="DistributedApplicationException">The build failed, or the project can't be run.</exception>
    public async Task<string> OutputAsync(string resource, IProjectMetadata project, CancellationToken cancellationToken)
    {
        var made = new Lazy<Task<string>>(() => MakeAsync(resource, project));
        var shared = _outputs.GetOrAdd(project.ProjectPath, made);
        try
        {
            return await shared.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch when (shared.Value is { IsFaulted: true } or { IsCanceled: true })
        {
            _outputs.TryRemove(new(project.ProjectPath, shared));
            throw;
        }
    }

    /// <summary>Builds the project anew. Calls while that goes on wait for the same build: the command is run for each replica.</summary>
    /// <exception cref="DistributedApplicationException">The build failed.</exception>
    public async Task RebuildAsync(string resource, IProjectMetadata project, CancellationToken cancellationToken)
    {
        var build = new Lazy<Task>(() => BuildAsync(resource, project));
        var shared = _rebuilds.GetOrAdd(project.ProjectPath, build);
        try
        {
            await shared.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (shared.Value.IsCompleted)
            {
                _rebuilds.TryRemove(new(project.ProjectPath, shared));
            }
        }
    }

    /// <summary>Publishes the project in Release. The build has folders of its own: replicas run from the project's, and what they run from must not change below them.</summary>
    /// <param name="resource">Name of the resource, for messages.</param>
    /// <param name="project">The project.</param>
    /// <param name="folder">Where it is published to.</param>
    /// <param name="buildFolder">Where the build works.</param>
    /// <param name="cancellationToken">Ends the build.</param>
    /// <exception cref="DistributedApplicationException">The build failed.</exception>
    public async Task PublishAsync(string resource, IProjectMetadata project, string folder, string buildFolder, CancellationToken cancellationToken)
    {
        LogPublishing(resource, project.ProjectPath, folder);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, cancellationToken);
        var (code, lines) = await RunAsync(
            project, either.Token, "publish", project.ProjectPath, "-nologo", "-v:q", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-c", "Release", "-o", folder, "--artifacts-path", buildFolder).ConfigureAwait(false);
        if (code != 0)
        {
            throw new DistributedApplicationException($"Resource '{resource}': '{project.ProjectPath}' could not be published: {Errors(lines)}");
        }
    }

    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
        _one.Dispose();
    }

    private async Task<string> MakeAsync(string resource, IProjectMetadata project)
    {
        if (!project.SuppressBuild)
        {
            await BuildAsync(resource, project).ConfigureAwait(false);
        }

        var (code, lines) = await RunAsync(project, _ended.Token, "msbuild", project.ProjectPath, "-nologo", "-getProperty:TargetPath", "-getProperty:TargetFrameworks", $"-p:Configuration={configuration}").ConfigureAwait(false);
        if (code != 0)
        {
            throw new DistributedApplicationException($"Resource '{resource}': the project '{project.ProjectPath}' can't be read: {Errors(lines)}");
        }

        using var properties = JsonDocument.Parse(string.Concat(lines));
        var values = properties.RootElement.GetProperty("Properties");
        return values.GetProperty("TargetPath").GetString() is { Length: > 0 } path
            ? path
            : throw new DistributedApplicationException(
                $"Resource '{resource}': the project '{project.ProjectPath}' has several target frameworks ({values.GetProperty("TargetFrameworks").GetString()}), so it is not clear what to run. Give it one, or add a folder that it was published to.");
    }

    private async Task BuildAsync(string resource, IProjectMetadata project)
    {
        LogBuilding(resource, project.ProjectPath);
        var (code, lines) = await RunAsync(project, _ended.Token, "build", project.ProjectPath, "-nologo", "-v:q", "-nodeReuse:false", $"-p:Configuration={configuration}").ConfigureAwait(false);
        if (code != 0)
        {
            throw new DistributedApplicationException($"Resource '{resource}': the build of '{project.ProjectPath}' failed: {Errors(lines)}");
        }
    }

    private async Task<(int Code, List<string> Lines)> RunAsync(IProjectMetadata project, CancellationToken cancellationToken, params string[] arguments)
    {
        var request = new ToolRequest(LaunchPlanner.DotnetHost(), arguments, Path.GetDirectoryName(project.ProjectPath)!) { Environment = Environment() };
        List<string> lines = [];
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return (await tools.RunAsync(request, lines.Add, cancellationToken).ConfigureAwait(false), lines);
        }
        catch (LaunchException e)
        {
            throw new DistributedApplicationException(e.Message, e);
        }
        finally
        {
            _one.Release();
        }
    }

    private static string Errors(List<string> lines)
    {
        var errors = lines.FindAll(l => l.Contains(": error ", StringComparison.Ordinal)).Select(l => l.Trim()).Distinct().Take(ErrorsShown).ToList();
        return string.Join(System.Environment.NewLine, errors.Count > 0 ? errors : lines.TakeLast(ErrorsShown));
    }

    private static Dictionary<string, string?> Environment()
        => System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => (string)e.Key)
            .Where(name => BuildPrefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase)))
            .ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal);

    [LoggerMessage(3601, LogLevel.Information, "Building '{Project}' for resource '{Resource}'.")]
    private partial void LogBuilding(string resource, string project);

    [LoggerMessage(3602, LogLevel.Information, "Publishing '{Project}' for resource '{Resource}' to '{Folder}'.")]
    private partial void LogPublishing(string resource, string project, string folder);
}
