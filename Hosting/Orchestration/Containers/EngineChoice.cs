using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>Finds the container engine, when the first container is to start.</summary>
internal sealed class EngineChoice(IConfiguration configuration, ICommandRunner commands)
{
    /// <summary>The variable that names the engine.</summary>
    public const string Variable = "ASPIRE_CONTAINER_RUNTIME";

    private const string Docker = "docker";
    private const string Podman = "podman";
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(15);
    private static readonly string[] Keys = ["DcpPublisher:ContainerRuntime", Variable, "DOTNET_ASPIRE_CONTAINER_RUNTIME"];

    /// <summary>The engine that was asked for; null: either.</summary>
    /// <exception cref="DistributedApplicationException">Another one is named than there are.</exception>
    public string? Wanted
    {
        get
        {
            var named = Keys.Select(k => configuration[k]).FirstOrDefault(v => !string.IsNullOrWhiteSpace(v))?.Trim().ToLowerInvariant();
            return named is null or Docker or Podman
                ? named
                : throw new DistributedApplicationException($"'{named}' is no container engine that can be used. Set {Variable} to docker or podman, or leave it unset to have either.");
        }
    }

    /// <summary>The first engine that answers, in the order docker, podman.</summary>
    /// <exception cref="DistributedApplicationException">None does; names what was asked and what it said.</exception>
    public async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        List<string> found = [];
        var wanted = Wanted;
        foreach (var engine in wanted is null ? [Docker, Podman] : new[] { wanted })
        {
            var answer = await commands.RunAsync(engine, ["info"], AnswerLimit, cancellationToken).ConfigureAwait(false);
            if (answer.Succeeded)
            {
                return engine;
            }

            found.Add($"{engine}: {answer.Said}");
        }

        throw new DistributedApplicationException(wanted is null
            ? $"No container engine can be used ({string.Join("; ", found)}). Install and start docker or podman; {Variable} says which of them is asked."
            : $"The container engine '{wanted}' can't be used ({found[0]}). Install and start it, or set {Variable} to the other of docker and podman.");
    }
}
