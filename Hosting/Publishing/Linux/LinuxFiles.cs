using System.Net;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Linux;

/// <summary>What systemd's and supervisord's outputs have in common: variables, the gateway's files, scripts, and the plan as scripts read it.</summary>
/// <param name="plan">What the machine supervises.</param>
/// <param name="programs">What is built and installed; null: what the plan has.</param>
internal sealed class LinuxFiles(PublishPlan plan, IReadOnlyList<LinuxProgram>? programs = null)
{
    private static readonly string[] Scripts = ["build.sh", "install.sh", "rollback.sh", "uninstall.sh"];

    public LinuxPaths Paths { get; } = new(plan.AppName);

    public IReadOnlyList<LinuxProgram> Programs { get; } = programs ??
        [.. plan.Programs.Select(p => LinuxProgram.Of(p, plan.Sources)), .. plan.Dashboard is { } dashboard ? [LinuxProgram.Of(dashboard, plan)] : Array.Empty<LinuxProgram>()];

    public IReadOnlyList<ParameterResource> Parameters => plan.Parameters;

    public SeedFile? Seed => plan.Parameters.Count == 0 ? null : new SeedFile(InRoot(Paths.Seed), EnvDialect.Quoted, [.. plan.Parameters.Select(Seeds.Of)]);

    public static string InRoot(string path) => $"rootfs{path}";

    /// <summary>A script that is the same in every output.</summary>
    public static string Script(string name)
    {
        using var reader = new StreamReader(typeof(LinuxFiles).Assembly.GetManifestResourceStream($"publishing/{name}") ?? throw new InvalidOperationException($"There is no script '{name}' in the assembly."));
        return reader.ReadToEnd();
    }

    /// <param name="supervisor">Name of the script that knows the ways of what supervises.</param>
    /// <param name="more">What the plan of scripts has for that one alone.</param>
    public IEnumerable<PublishedFile> All(string supervisor, string more = "")
    {
        foreach (var script in Scripts)
        {
            yield return new PublishedFile(script, Script(script), IsExecutable: true);
        }

        yield return new PublishedFile("lib/common.sh", Script("lib/common.sh"));
        yield return new PublishedFile("lib/supervisor.sh", Script(supervisor));
        yield return new PublishedFile("plan.sh", PlanText() + more);
        if (plan.Parameters.Count > 0)
        {
            yield return new PublishedFile(".gitignore", $"/{InRoot(Paths.Seed)}\n/rootfs/opt/*/*/releases/\n");
        }

        foreach (var file in Programs.Where(p => p.IsService).SelectMany(Variables).Concat(plan.Gateways.SelectMany(Gateway)))
        {
            yield return file;
        }
    }

    private IEnumerable<PublishedFile> Variables(LinuxProgram program)
    {
        yield return Variables(program.Name, program.Common);
        foreach (var replica in program.Program is { IsJob: false } several ? several.Replicas : [])
        {
            yield return Variables($"{program.Name}-{LinuxProgram.KeyOf(replica)}", program.Program!.Own(replica));
        }
    }

    private PublishedFile Variables(string name, IReadOnlyDictionary<string, PublishedValue> variables)
        => new(InRoot($"{Paths.Settings}/{name}.env"), string.Concat(variables.Where(v => v.Value.Text is not null).Select(v => $"{EnvFileText.Line(v.Key, v.Value.Text!, EnvDialect.Quoted)}\n")));

    private IEnumerable<PublishedFile> Gateway(PublishedGateway gateway)
    {
        GatewayFilesContext context = new()
        {
            IsContainer = false,
            Port = gateway.Port,
            IsExternal = gateway.IsExternal,
            Servers = plan.Programs.Where(p => gateway.Sites.Contains(p.Name)).ToDictionary(
                p => p.Name, IReadOnlyList<DnsEndPoint> (p) => [.. p.Replicas.Where(r => r.Port is not null).Select(r => new DnsEndPoint("127.0.0.1", r.Port!.Value))], StringComparer.Ordinal),
            FlagFolder = Paths.Flags,
        };
        return gateway.Resource.Annotations.OfType<GatewayFilesAnnotation>().Last().Write(context)
            .OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new PublishedFile(InRoot($"/etc/nginx/{f.Key}"), f.Value));
    }

    private string PlanText()
    {
        var running = plan.Programs.Where(p => !p.IsJob).ToList();
        StringBuilder text = new();
        text.Append("# The plan, as the scripts read it. Generated: publish again to change it.\n");
        text.Append("# shellcheck shell=bash disable=SC2034\n");
        text.Append($"APP={ShellText.Quote(plan.AppName)}\nRELEASE={ShellText.Quote(plan.Release)}\nDASHBOARD={(plan.Dashboard is null ? 0 : 1)}\n");
        text.Append(ShellText.List("EVERYTHING", Programs.Select(p => p.Name)));
        text.Append(ShellText.List("SERVICES", Programs.Where(p => p.IsService).Select(p => p.Name)));
        text.Append(ShellText.List("PROGRAMS", running.Select(p => p.Name)));
        text.Append(ShellText.List("JOBS", plan.Programs.Where(p => p.IsJob).Select(p => p.Name)));
        text.Append(ShellText.List("GATEWAYS", plan.Gateways.Select(g => g.Name)));
        text.Append(ShellText.List("GATEWAY_PORTS", plan.Gateways.Select(g => $"{g.Port}")));
        text.Append(ShellText.List("NEEDED", plan.Parameters.Select(Seeds.NameOf)));
        text.Append(ShellText.Map("REPLICAS", running.Select(p => (p.Name, (string?)string.Join(' ', p.Replicas.Select(LinuxProgram.KeyOf))))));
        text.Append(ShellText.Map("WITH_PORT", running.Select(p => (p.Name, p.Replicas[0].Port is null ? null : "1"))));
        text.Append(ShellText.Map("DEFAULTS", plan.Programs.Select(p => (p.Name, p.HasServiceDefaults ? "1" : null))));
        text.Append(ShellText.Map("FILE", Programs.Select(p => (p.Name, (string?)p.File))));
        text.Append(ShellText.Map("PROJECT", Programs.Select(p => (p.Name, (string?)p.Source))));
        text.Append(ShellText.Map("HEALTH", Programs.Select(p => (p.Name, p.HealthPath))));

        // Only ServiceDefaults tell at /alive how many requests are in flight.
        text.Append(ShellText.Map("ALIVE", running.Select(p => (p.Name, p.HasServiceDefaults ? p.AlivePath : null))));
        text.Append("\n# The variables that have parameters in them, of a program or of one replica.\nsecrets_of() {\n    case $1 in\n");
        foreach (var program in Programs.Where(p => p.IsService))
        {
            text.Append(Secrets(program.Name, program.Common, program.Program?.Arguments ?? [], program.HasDefaults));
            foreach (var replica in program.Program is { IsJob: false } several ? several.Replicas : [])
            {
                text.Append(Secrets($"{program.Name}-{LinuxProgram.KeyOf(replica)}", program.Program!.Own(replica), [], program.HasDefaults));
            }
        }

        return text.Append("        *) ;;\n    esac\n}\n").ToString();
    }

    private static string Secrets(string id, IReadOnlyDictionary<string, PublishedValue> variables, IReadOnlyList<PublishedValue> arguments, bool hasDefaults)
    {
        var word = hasDefaults ? "variable_if_given" : "variable";
        List<string> lines = [.. variables.Where(v => v.Value.Text is null).Select(v => $"            {word} {v.Key} {ShellText.Word(v.Value)}\n")];

        // An argument takes its parameters from variables of the process.
        lines.AddRange(arguments.SelectMany(a => a.Parameters).Select(Seeds.NameOf).Distinct(StringComparer.Ordinal).Where(name => !variables.ContainsKey(name))
            .Select(name => $"            variable {name} \"${{{name}}}\"\n"));
        return lines.Count == 0 ? "" : $"        {ShellText.Quote(id)})\n{string.Concat(lines)}            ;;\n";
    }
}
