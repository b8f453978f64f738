using System.Text;
using Aspire.Hosting;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>The engine that was found, driven by its command line.</summary>
internal sealed class ContainerEngine(string program, ICommandRunner commands)
{
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(30);

    /// <summary>docker or podman.</summary>
    public string Program { get; } = program;

    /// <summary>One value that the engine knows of an object; null: there is no such object.</summary>
    public async Task<string?> InspectAsync(string kind, string name, string format, CancellationToken cancellationToken)
    {
        var result = await RunAsync([kind, "inspect", "--format", format, name], cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output.Trim() : null;
    }

    /// <summary>Ids of all objects of a kind that have the labels.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string kind, IEnumerable<string> labels, CancellationToken cancellationToken)
    {
        List<string> arguments = [kind, "ls", .. kind == "container" ? ["--all"] : Array.Empty<string>(), "--quiet", .. labels.SelectMany(l => new[] { "--filter", $"label={l}" })];
        var result = await RunAsync(arguments, cancellationToken).ConfigureAwait(false);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>A command whose failure is dealt with by the caller, or does not matter.</summary>
    public Task<CommandResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) => commands.RunAsync(Program, arguments, Quick, cancellationToken);

    /// <summary>Makes a container; returns its id.</summary>
    /// <exception cref="DistributedApplicationException">The engine does not make it.</exception>
    public async Task<string> CreateAsync(ContainerSpec spec, string resource, CancellationToken cancellationToken)
    {
        var request = new CommandRequest(Program, ContainerArguments.Create(spec), Quick)
        {
            Input = Encoding.UTF8.GetBytes(ContainerArguments.VariableLines(spec)),
            Environment = ContainerArguments.VariablesWithLines(spec),
        };
        var result = await commands.RunAsync(request, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output.Trim() : throw new DistributedApplicationException($"The container of resource '{resource}' can't be made: {result.Said}");
    }

    /// <summary>Unpacks an archive in a container that does not run yet.</summary>
    /// <exception cref="DistributedApplicationException">The engine does not do it.</exception>
    public async Task CopyAsync(string container, ReadOnlyMemory<byte> archive, string resource, CancellationToken cancellationToken)
    {
        var result = await commands.RunAsync(new CommandRequest(Program, ["cp", "--archive=false", "-", $"{container}:/"], Long) { Input = archive }, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            throw new DistributedApplicationException($"The files of WithContainerFiles can't be written into the container of resource '{resource}': {result.Said}");
        }
    }

    /// <summary>A command that may take long; what it says goes into the resource's log.</summary>
    public Task<CommandResult> RunIntoLogAsync(IReadOnlyList<string> arguments, string logFile, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
        => commands.RunAsync(
            new CommandRequest("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", logFile, Program, .. arguments], Long) { Environment = environment }, cancellationToken);

    public Task RemoveAsync(string container, CancellationToken cancellationToken) => RunAsync(["rm", "--force", "--volumes", container], cancellationToken);
}
