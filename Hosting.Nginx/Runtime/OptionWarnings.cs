using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Looks at what the options lead to outside of the configuration, at the start: certificates, and times that a roll cuts.</summary>
internal sealed partial class OptionWarnings(ILogger<OptionWarnings> logger)
{
    /// <summary>How long a roll waits for the requests of a replica, and then its host for what is left of them.</summary>
    private static readonly TimeSpan Survives = TimeSpan.FromSeconds(30 + 30);

    /// <exception cref="Aspire.Hosting.DistributedApplicationException">Certificate or key can't be used.</exception>
    public void Look(NginxRequest request, DateTimeOffset now)
    {
        if (request.Options.Tls is { } tls)
        {
            foreach (var warning in CertificateFiles.Check(request.Name, tls.Certificate, tls.Key, now))
            {
                LogCertificate(request.Name, warning);
            }
        }

        if (request.Options.Limits is { } limits && limits.Timeout > Survives)
        {
            LogTimeout(request.Name, "WithLimits", limits.Timeout.TotalSeconds, Survives.TotalSeconds);
        }

        foreach (var route in request.Hosts.SelectMany(host => host.Routes).Where(route => route.Timeout > Survives))
        {
            LogTimeout(request.Name, $"the route '{route.Path}'", route.Timeout!.Value.TotalSeconds, Survives.TotalSeconds);
        }
    }

    [LoggerMessage(6203, LogLevel.Warning, "Nginx '{Name}': {Warning}")]
    private partial void LogCertificate(string name, string warning);

    [LoggerMessage(6204, LogLevel.Warning, "Nginx '{Name}' waits {Seconds:0.#} s for an answer, by the timeout of {What}; a restart of the replica cuts a request after {Survives:0.#} s.")]
    private partial void LogTimeout(string name, string what, double seconds, double survives);
}
