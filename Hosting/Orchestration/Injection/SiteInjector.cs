using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;

namespace Stack.Hosting.Orchestration.Injection;

/// <summary>Gives the replicas of one site ServiceDefaults that it does not have itself, by two variables of its process, and looks whether that had an effect.</summary>
/// <param name="resource">The site.</param>
/// <param name="folder">The folder with the files to load.</param>
/// <param name="logger">Gets the warnings.</param>
internal sealed partial class SiteInjector(ProjectResource resource, string folder, ILogger logger)
{
    public const string HookVariable = "DOTNET_STARTUP_HOOKS";
    public const string StartupVariable = "ASPNETCORE_HOSTINGSTARTUPASSEMBLIES";

    private const string Assembly = "Stack.Inject";

    private readonly ConcurrentDictionary<(string Program, string Warning), bool> _said = [];
    private volatile string _program = "";
    private volatile bool _isInjected;

    private string Hook => Path.Combine(folder, $"{Assembly}.dll");

    /// <summary>The injector of a resource; null: it is none that could get them, or must not.</summary>
    public static SiteInjector? For(IResource resource, StackOptions options, ILogger logger)
        => resource is ProjectResource project && options.InjectFolder is { } folder && ServiceDefaultsAnnotation.Of(project) != false ? new(project, folder, logger) : null;

    /// <summary>Adds the variables to what a replica starts with, behind what the user has set there.</summary>
    /// <param name="program">Full path of what is run.</param>
    /// <param name="environment">All variables of the replica.</param>
    /// <param name="account">The user that it runs as; null: the AppHost's own.</param>
    /// <returns>Names of those that were changed.</returns>
    public IReadOnlyList<string> Apply(string program, Dictionary<string, string> environment, Account? account = null)
    {
        _program = program;
        var decision = InjectionPolicy.Decide(ServiceDefaultsAnnotation.Of(resource), SiteFacts.Read(program));
        if (decision.IsInjected && Obstacle(account) is { } obstacle)
        {
            // .NET would end the site before its first line.
            decision = new(IsInjected: false, $"ServiceDefaults can't be added to the site: {obstacle}");
        }

        if (decision.Warning is { } warning)
        {
            Warn(warning);
        }

        _isInjected = decision.IsInjected;
        if (!decision.IsInjected)
        {
            return [];
        }

        Append(environment, HookVariable, Path.PathSeparator, Hook);
        Append(environment, StartupVariable, ';', Assembly);
        return [HookVariable, StartupVariable];
    }

    /// <summary>Asks a replica for what only injected ServiceDefaults answer, once the site is ready, and again when its replicas were rolled: another release may be another matter.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var endpoint = resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.UriScheme is "http" or "https");
        if (!_isInjected || endpoint is not { ReplicaEndpoints: [var replica, ..] })
        {
            return;
        }

        var url = new Uri($"{replica.UriString}/alive");
        if (await HttpProber.AnswersJsonAsync(url, cancellationToken).ConfigureAwait(false) == false)
        {
            Warn($"ServiceDefaults were added to the site without effect: {url} did not answer with JSON. A host that the site builds without .NET's host builders is not seen, "
                + $"and a hook of the site's own may come first; 'stack logs {resource.Name}' may tell. {InjectionPolicy.Remedy}");
        }
    }

    private string? Obstacle(Account? account) => !File.Exists(Hook)
        ? $"'{Hook}' does not exist. Build the AppHost again, or set Stack:Inject:Folder."
        : account is not null && AsUser.Look(account, () => Libc.AccessNow(Hook, Libc.ReadAccess) != 0)
            ? $"user '{account.Name}' can't read '{Hook}'. Give the user access to it and to each folder above, or set Stack:Inject:Folder to a copy of the folder."
            : null;

    private static void Append(Dictionary<string, string> environment, string variable, char separator, string entry)
    {
        var before = environment.GetValueOrDefault(variable, "").Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        environment[variable] = string.Join(separator, before.Where(b => b != entry).Append(entry));
    }

    // All replicas and launches of one release would say the same.
    private void Warn(string warning)
    {
        if (_said.TryAdd((_program, warning), true))
        {
            LogWarning(resource.Name, warning);
        }
    }

    [LoggerMessage(3711, LogLevel.Warning, "Resource '{Resource}': {Warning}")]
    private partial void LogWarning(string resource, string warning);
}
