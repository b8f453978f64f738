using Microsoft.Extensions.Logging;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Finds a container engine that can run Nginx with the host's network, and looks after its image.</summary>
internal sealed partial class EngineProbe(ICommandRunner commands, ILogger<EngineProbe> logger)
{
    /// <summary>Where there is a choice, an engine that is slow to answer must not hold up the start.</summary>
    private static readonly TimeSpan InfoLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PatientInfoLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ImageLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PullLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan VersionLimit = TimeSpan.FromSeconds(20);

    private static readonly (string Engine, string Format)[] Engines =
    [
        ("docker", "{{.ServerVersion}}|{{.OperatingSystem}}|{{.SecurityOptions}}"),
        ("podman", "{{.Version.Version}}|{{.Host.OS}}|rootless={{.Host.Security.Rootless}}"),
    ];

    /// <summary>Asks all engines at the same time; the first usable one in the order docker, podman is taken.</summary>
    /// <param name="only">The one to ask, from ASPIRE_CONTAINER_RUNTIME; null: all.</param>
    /// <param name="patient">True when there is nothing else to take.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public async Task<EngineFinding> FindAsync(string? only, bool patient, CancellationToken cancellationToken)
    {
        var limit = patient ? PatientInfoLimit : InfoLimit;
        var asked = Engines.Where(engine => only is null || string.Equals(only, engine.Engine, StringComparison.OrdinalIgnoreCase));
        var findings = await Task.WhenAll(asked.Select(engine => AskAsync(engine.Engine, engine.Format, limit, cancellationToken))).ConfigureAwait(false);
        return findings.FirstOrDefault(finding => finding.Engine is not null)
            ?? new EngineFinding(null, findings.Length > 0 ? string.Join("; ", findings.Select(finding => finding.Found)) : $"there is no engine '{only}'");
    }

    /// <summary>The version of nginx inside the image, after having pulled the image if need be.</summary>
    public async Task<ImageFinding> FindImageAsync(string engine, string image, CancellationToken cancellationToken)
    {
        var present = await commands.RunAsync(engine, ["image", "inspect", "--format", "{{.Id}}", image], ImageLimit, cancellationToken).ConfigureAwait(false);
        if (!present.Succeeded)
        {
            LogPulling(image, PullLimit.TotalSeconds);
            var pull = await commands.RunAsync(engine, ["pull", "--quiet", image], PullLimit, cancellationToken).ConfigureAwait(false);
            if (!pull.Succeeded)
            {
                return new ImageFinding(null, $"image '{image}' is not there and can't be pulled: {pull.Said}");
            }
        }

        // Never from the tag: images are seen whose tag says another version than what they hold.
        var version = await commands.RunAsync(
            engine, ["run", "--rm", "--network", "none", "--read-only", "--pull", "never", "--entrypoint", "nginx", image, "-v"], VersionLimit, cancellationToken)
            .ConfigureAwait(false);
        return NginxVersion.Parse(version.Error + version.Output) is { } parsed
            ? new ImageFinding(parsed, $"image '{image}' with nginx {parsed}")
            : new ImageFinding(null, $"image '{image}' does not run nginx: {version.Said}");
    }

    private async Task<EngineFinding> AskAsync(string engine, string format, TimeSpan limit, CancellationToken cancellationToken)
    {
        var info = await commands.RunAsync(engine, ["info", "--format", format], limit, cancellationToken).ConfigureAwait(false);
        var parts = info.Output.Trim().Split('|');
        if (!info.Succeeded || parts is not [{ Length: > 0 } version, var system, var security])
        {
            return new EngineFinding(null, $"{engine}: {info.Said}");
        }

        if (security.Contains("rootless", StringComparison.Ordinal) && !security.Contains("rootless=false", StringComparison.Ordinal))
        {
            return new EngineFinding(null, $"{engine} {version}: rootless, so that a container can't have the host's network");
        }

        return system.Contains("Docker Desktop", StringComparison.Ordinal)
            ? new EngineFinding(null, $"{engine} {version}: {system} runs containers in a virtual machine, so that one can't have the host's network")
            : new EngineFinding(engine, $"{engine} {version}");
    }

    [LoggerMessage(6004, LogLevel.Information, "The image '{Image}' is not there; it is being pulled, for {Seconds} s at most.")]
    private partial void LogPulling(string image, double seconds);
}

/// <summary>A usable engine, or what was found instead.</summary>
internal sealed record EngineFinding(string? Engine, string Found);

/// <summary>The version of nginx in an image, or why it can't be used.</summary>
internal sealed record ImageFinding(NginxVersion? Version, string Found);
