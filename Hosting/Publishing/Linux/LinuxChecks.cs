using System.Text.RegularExpressions;
using Aspire.Hosting;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Linux;

/// <summary>What a Linux machine can't run of a plan.</summary>
internal static partial class LinuxChecks
{
    private static readonly string[] Taken = ["root", "nginx", "www-data", "systemd", "supervisor", "ssh", "default"];
    private static readonly string[] Kits = ["kit", "kits", "previous", "bin", "installed", "installed-nginx"];

    /// <exception cref="DistributedApplicationException">There is something; names all of it.</exception>
    public static void ThrowIfImpossible(PublishPlan plan, string target)
    {
        List<string> faults = [];
        if (!AppNames().IsMatch(plan.AppName) || Taken.Contains(plan.AppName, StringComparer.Ordinal))
        {
            faults.Add($"The application can't be called '{plan.AppName}' on a Linux machine, where that becomes the name of a user and of folders in /etc, /opt and /run. Give another one, of lower-case letters, digits and '-': --app-name shop.");
        }

        foreach (var program in plan.Programs)
        {
            faults.AddRange(FaultsOf(program, target));
        }

        faults.AddRange(plan.Gateways.Where(g => !g.Resource.Annotations.OfType<GatewayFilesAnnotation>().Any())
            .Select(g => $"The gateway '{g.Name}' has no form for {target}: it is neither Nginx nor brings its own files (GatewayFilesAnnotation). Leave it out when publishing: ExcludeFromManifest()."));
        if (plan.Dashboard is { ProjectPath: null })
        {
            faults.Add("The dashboard's project is not known. Reference it in the AppHost's project with IsStackDashboard=\"true\", or publish without it: --DisableDashboard true.");
        }

        if (faults.Count > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, faults));
        }
    }

    /// <summary>What is weaker than in a run.</summary>
    public static IEnumerable<string> WarningsOf(PublishPlan plan, string target)
    {
        foreach (var program in plan.Programs.Where(p => !p.HasServiceDefaults && !p.IsJob))
        {
            yield return $"'{program.Name}' does not reference ServiceDefaults, so that {target} can't tell when it is ready or hangs, its replicas don't share keys, and it sends no telemetry. Reference ServiceDefaults for that.";
        }
    }

    private static IEnumerable<string> FaultsOf(PublishedProgram program, string target)
    {
        if (program.Assembly is null)
        {
            yield return $"'{program.Name}' is a {program.Resource.GetType().Name}, which can't be published to {target}: there is no image and no program to copy. Use what the machine has, by AddConnectionString or AddExternalService, or leave it out: ExcludeFromManifest().";
        }

        if (program.Name == PublishedDashboard.Name || Kits.Contains(program.Name, StringComparer.Ordinal))
        {
            yield return $"A resource can't be called '{program.Name}' where it is published to {target}: that name is taken there. Give it another one.";
        }

        foreach (var (name, value) in program.Replicas.SelectMany(r => r.Environment).Where(v => v.Value.Text is not null).DistinctBy(v => v.Key))
        {
            if (FaultOf(name, value.Text!) is { } fault)
            {
                yield return $"Resource '{program.Name}': {fault}";
            }
        }

        if (program.Arguments.Any(a => a.Parts.Any(p => p.Text.AsSpan().ContainsAny('\n', '\r', '\0'))))
        {
            yield return $"An argument of resource '{program.Name}' has more than one line, which {target} can't hold. Hand it over by WithEnvironment, or as a file.";
        }
    }

    private static string? FaultOf(string name, string value)
    {
        try
        {
            EnvFileText.Line(name, value, EnvDialect.Quoted);
            return null;
        }
        catch (DistributedApplicationException e)
        {
            return e.Message;
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,30}$")]
    private static partial Regex AppNames();
}
