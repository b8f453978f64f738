using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Decides whether Nginx runs as a container or as a process.</summary>
internal sealed class RuntimeSelector(EngineProbe engines, ICommandRunner commands, Func<IEnumerable<string>> candidates)
{
    private static readonly TimeSpan VersionLimit = TimeSpan.FromSeconds(5);

    /// <exception cref="DistributedApplicationException">Neither is possible, or what was asked for is not; names the remedies and what was found.</exception>
    public async Task<RuntimeChoice> SelectAsync(RuntimeWish wish, CancellationToken cancellationToken) => wish.Runtime switch
    {
        NginxRuntime.Container => await ForcedContainerAsync(wish, cancellationToken).ConfigureAwait(false),
        NginxRuntime.Process => await ForcedProcessAsync(wish, cancellationToken).ConfigureAwait(false),
        _ => await AutoAsync(wish, cancellationToken).ConfigureAwait(false),
    };

    private async Task<RuntimeChoice> AutoAsync(RuntimeWish wish, CancellationToken cancellationToken)
    {
        var (container, noContainer) = await ContainerAsync(wish, cancellationToken).ConfigureAwait(false);
        if (container is not null)
        {
            return container with { Reason = $"Auto: {container.Reason}" };
        }

        var (process, noProcess) = await ProcessAsync(wish, cancellationToken).ConfigureAwait(false);
        return process is not null
            ? process with { Reason = $"Auto: {process.Reason}, since there is no container ({noContainer})" }
            : throw new DistributedApplicationException(
                $"Nginx '{wish.Name}' can run neither as a container nor as a process. {ContainerRemedy(wish)} Or: {ProcessRemedy}{Environment.NewLine}" +
                $"Container: {noContainer}.{Environment.NewLine}Process: {noProcess}.");
    }

    private async Task<RuntimeChoice> ForcedContainerAsync(RuntimeWish wish, CancellationToken cancellationToken)
    {
        var (container, found) = await ContainerAsync(wish, cancellationToken).ConfigureAwait(false);
        return container is not null
            ? container with { Reason = $"{wish.Source} asks for a container: {container.Reason}" }
            : throw new DistributedApplicationException(
                $"Nginx '{wish.Name}' can't run as a container, as {wish.Source} asks for. {ContainerRemedy(wish)} " +
                $"Or let it run as a process ({NginxSettings.RuntimeVariable}=process): {ProcessRemedy}{Environment.NewLine}Container: {found}.");
    }

    private async Task<RuntimeChoice> ForcedProcessAsync(RuntimeWish wish, CancellationToken cancellationToken)
    {
        var (process, found) = await ProcessAsync(wish, cancellationToken).ConfigureAwait(false);
        return process is not null
            ? process with { Reason = $"{wish.Source} asks for a process: {process.Reason}" }
            : throw new DistributedApplicationException(
                $"Nginx '{wish.Name}' can't run as a process, as {wish.Source} asks for. {ProcessRemedy} " +
                $"Or let it run as a container ({NginxSettings.RuntimeVariable}=container): {ContainerRemedy(wish)}{Environment.NewLine}Process: {found}.");
    }

    private async Task<(ContainerChoice? Choice, string Found)> ContainerAsync(RuntimeWish wish, CancellationToken cancellationToken)
    {
        if (!wish.IsLinux)
        {
            return (null, "only on Linux can a container have the host's network");
        }

        var engine = await engines.FindAsync(wish.Engine, patient: wish.Runtime == NginxRuntime.Container, cancellationToken).ConfigureAwait(false);
        if (engine.Engine is null)
        {
            return (null, engine.Found);
        }

        var image = await engines.FindImageAsync(engine.Engine, wish.Image, cancellationToken).ConfigureAwait(false);
        return image.Version switch
        {
            null => (null, $"{engine.Found}, but {image.Found}"),
            { } version when version < NginxVersion.Oldest => (null, $"{engine.Found}, but {image.Found}, which is older than {NginxVersion.Oldest}"),
            { } version => (new ContainerChoice(engine.Engine, wish.Image, version, $"{engine.Found}, {image.Found}"), image.Found),
        };
    }

    private async Task<(ProcessChoice? Choice, string Found)> ProcessAsync(RuntimeWish wish, CancellationToken cancellationToken)
    {
        List<string> rejected = [];
        foreach (var path in wish.Path is null ? candidates() : [wish.Path])
        {
            var result = await commands.RunAsync(path, ["-v"], VersionLimit, cancellationToken).ConfigureAwait(false);
            if (NginxVersion.Parse(result.Error + result.Output) is not { } version)
            {
                rejected.Add($"'{path}' does not tell a version: {result.Said}");
            }
            else if (version < NginxVersion.Oldest)
            {
                rejected.Add($"'{path}' is nginx {version}, older than {NginxVersion.Oldest}");
            }
            else
            {
                return (new ProcessChoice(path, version, $"'{path}', nginx {version}"), "");
            }
        }

        return (null, rejected.Count > 0 ? string.Join("; ", rejected) : "no nginx on PATH and in the system's sbin folders");
    }

    private static string ContainerRemedy(RuntimeWish wish) =>
        $"Start a container engine (docker or podman) and provide the image '{wish.Image}' (setting Stack:Nginx:Image).";

    private const string ProcessRemedy = "Install nginx 1.22 or newer (Debian: apt install nginx), or set its path (setting Stack:Nginx:Path).";
}

/// <summary>What the settings and the AppHost's code ask for.</summary>
internal sealed record RuntimeWish
{
    /// <summary>Name of the resource, for messages.</summary>
    public required string Name { get; init; }

    public required NginxRuntime Runtime { get; init; }

    /// <summary>Who says so: the setting, or WithRuntime.</summary>
    public string Source { get; init; } = "WithRuntime";

    /// <summary>The executable from Stack:Nginx:Path; then no other is looked for.</summary>
    public string? Path { get; init; }

    public string Image { get; init; } = NginxSettings.DefaultImage;

    /// <summary>The only engine to ask; null: all.</summary>
    public string? Engine { get; init; }

    public bool IsLinux { get; init; } = OperatingSystem.IsLinux();
}
