using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Linux;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Systemd;

/// <summary>Writes what makes the AppHost a service: it supervises on the machine as it does on a desk, and systemd supervises the AppHost.</summary>
internal sealed class AppHostService
{
    private const string AppHost = "apphost";
    private const string Cli = "cli";

    private readonly PublishPlan _plan;
    private readonly LinuxFiles _files;

    private AppHostService(PublishPlan plan)
    {
        _plan = plan;
        var parameters = plan.Parameters.Where(p => p != plan.Dashboard?.OtlpKey && p != plan.Dashboard?.BrowserToken && p != plan.Dashboard?.ApiKey).ToList();

        // For systemd there is one program; the AppHost makes up the dashboard's keys, writes Nginx's files, and starts everything else.
        _files = new LinuxFiles(plan with { Programs = [], Gateways = [], Dashboard = null, Parameters = parameters }, [.. Programs(plan, parameters)]);
    }

    private LinuxPaths Paths => _files.Paths;

    private string Unit => $"{_plan.AppName}.service";

    /// <exception cref="DistributedApplicationException">The plan can't be run so; all faults are reported at once.</exception>
    public static PublishOutput Write(PublishPlan plan)
    {
        ThrowIfImpossible(plan);
        return new AppHostService(plan).Write();
    }

    private static void ThrowIfImpossible(PublishPlan plan)
    {
        List<string> faults =
        [
            .. plan.Programs.Where(p => p.Name is AppHost or Cli)
                .Select(p => $"A resource can't be called '{p.Name}' where the AppHost supervises: that name is taken there. Give it another one."),
        ];
        if (plan.AppHost!.CliProject is null)
        {
            faults.Add("The project of the command line is not known, which commands the AppHost on the machine: Stack's folder 'Cli' has to be beside 'Hosting'. Copy it there, or publish without --supervisor apphost.");
        }

        if (faults.Count > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, faults));
        }
    }

    private static IEnumerable<LinuxProgram> Programs(PublishPlan plan, IReadOnlyList<ParameterResource> parameters)
    {
        var appHost = plan.AppHost!;
        SortedDictionary<string, PublishedValue> variables = new(StringComparer.Ordinal)
        {
            ["DOTNET_ENVIRONMENT"] = new("Production"),

            // What is to serve on when the AppHost ends must not lose its temporary files, as with PrivateTmp.
            ["TMPDIR"] = new($"{new LinuxPaths(plan.AppName).State}/tmp"),
        };
        foreach (var parameter in parameters)
        {
            var key = parameter.ConfigurationKey ?? $"Parameters:{parameter.Name}";
            variables[key.Replace(":", "__", StringComparison.Ordinal).Replace('-', '_')] = new([new ValuePart("", parameter)]);
        }

        yield return new LinuxProgram(AppHost, plan.Sources.Relative(appHost.ProjectPath), appHost.Program, null, variables) { HasDefaults = true };
        yield return Carried(Cli, plan.Sources.Relative(appHost.CliProject!), "stack-cli");
        foreach (var program in plan.Programs.Where(p => SiteOf(plan, p) == p))
        {
            yield return LinuxProgram.Of(program, plan.Sources) with { IsService = false };
        }

        if (plan.Dashboard is { } dashboard)
        {
            yield return LinuxProgram.Of(dashboard, plan) with { IsService = false };
        }
    }

    private static LinuxProgram Carried(string name, string project, string file)
        => new(name, project, file, null, new SortedDictionary<string, PublishedValue>(StringComparer.Ordinal)) { IsService = false };

    // A job runs from what the site of its project was published to.
    private static PublishedProgram SiteOf(PublishPlan plan, PublishedProgram program)
        => program is { IsJob: true, ProjectPath: { } project } && plan.Programs.FirstOrDefault(p => !p.IsJob && p.ProjectPath == project) is { } site ? site : program;

    private PublishOutput Write()
    {
        List<PublishedFile> all =
        [
            .. _files.All("systemd/apphost.sh", Plan()),
            new("lib/systemd.sh", LinuxFiles.Script("systemd/supervisor.sh")),
            new(LinuxFiles.InRoot($"/etc/systemd/system/{Unit}"), Service()),
            new(LinuxFiles.InRoot($"{Paths.Programs}/bin/stack"), Command(), IsExecutable: true),
            new(LinuxFiles.InRoot($"/usr/lib/sysusers.d/{_plan.AppName}.conf"), SystemdPublisher.User(_plan.AppName, Paths)),
            new(LinuxFiles.InRoot($"/usr/lib/tmpfiles.d/{_plan.AppName}.conf"), TemporaryFiles()),
            new("README.md", AppHostReadme.Write(_plan, Paths)),
        ];
        return new PublishOutput([.. all.OrderBy(f => f.Path, StringComparer.Ordinal)], Seed(), []);
    }

    private SeedFile? Seed() => _files.Seed is { } seed
        ? seed with { Keys = [.. _files.Parameters.Select(p => Seeds.Of(p, "Without a value the AppHost takes its own, if it has one."))] }
        : null;

    private static bool HasLowPort(PublishedGateway gateway)
        => gateway.Port < 1024 || gateway.Resource.Annotations.OfType<EndpointAnnotation>().Any(e => e.Port < 1024);

    private string Plan() => "\n"
        + ShellText.List("SITES", _plan.Programs.Where(p => !p.IsJob).Select(p => p.Name))
        + $"NGINX={(_plan.Gateways.Count > 0 ? 1 : 0)}\n# The AppHost itself says which it lacks.\nNEEDED=()\n";

    private string Service()
    {
        var unit = new UnitText().Section("Unit")
            .Set("Description", $"The AppHost of {_plan.AppName}, which supervises its sites, Nginx and the dashboard")
            .Raw("After", "network.target nss-lookup.target")
            // Without it nobody would start again what fails: it is tried for as long as it takes.
            .Raw("StartLimitIntervalSec", "0")
            .Section("Service").Raw("Type", "notify").Raw("NotifyAccess", "main").Raw("WatchdogSec", "30").Raw("TimeoutStartSec", "120")
            .Set("User", _plan.AppName).Set("Group", _plan.AppName).Raw("UMask", "0027")
            .Raw("WorkingDirectory", Paths.Current(AppHost))
            .Raw("EnvironmentFile", $"{Paths.Settings}/{AppHost}.env").Raw("EnvironmentFile", $"{Paths.Settings}/{AppHost}.secrets.env")
            .Raw("ExecStart", string.Join(' ', [$"{Paths.Current(AppHost)}/{_plan.AppHost!.Program}", .. Settings().Select(s => UnitText.Argument(new PublishedValue(s)))]))
            .Raw("Restart", "always").Raw("RestartSec", "2")
            // What it supervises serves on when it is killed, and is taken over by the next one.
            .Raw("KillMode", "process").Raw("OOMPolicy", "continue")
            .Raw("KillSignal", "SIGTERM").Raw("TimeoutStopSec", "120").Raw("SuccessExitStatus", "143").Raw("SyslogIdentifier", AppHost);
        return unit.HardenSupervisor([Paths.State, RunFolder], _plan.Gateways.Any(HasLowPort))
            .Section("Install").Raw("WantedBy", "multi-user.target").ToString();
    }

    // As the AppHost itself says.
    private string RunFolder => $"/run/stack/{_plan.AppName}";

    private IEnumerable<string> Settings()
    {
        yield return $"--Stack:AppName={_plan.AppName}";
        yield return $"--AppHost:Directory={Paths.Current(AppHost)}";
        yield return "--Stack:ShowLoginLink=false";
        yield return _plan.Dashboard is null ? "--DisableDashboard=true" : $"--Stack:Dashboard:Folder={Paths.Current(PublishedDashboard.Name)}";
        foreach (var program in _plan.Programs)
        {
            var site = SiteOf(_plan, program);
            yield return $"--Stack:Projects:{program.Name}:Folder={(site.IsJob ? Paths.Current(site.Name) : Paths.First(site.Name))}";
        }
    }

    private string Command() =>
        $"""
        #!/bin/sh
        # Commands the AppHost: stack status, logs, roll, scale, deploy, rollback, releases, dashboard. Generated: publish again to change it.
        if [ "$*" = down ]; then exec systemctl stop {Unit}; fi
        STACK_CONTROL_SOCKET={RunFolder}/control.sock exec {Paths.Current(Cli)}/stack-cli --app-name {_plan.AppName} --app-host {Paths.Current(AppHost)} "$@"

        """.ReplaceLineEndings("\n");

    private string TemporaryFiles() =>
        $"""
        d /run/stack 0755 root root
        d {RunFolder} 0750 {_plan.AppName} {_plan.AppName}
        d /var/lib/stack 0755 root root
        d {Paths.State} 0750 {_plan.AppName} {_plan.AppName}
        d {Paths.State}/tmp 0700 {_plan.AppName} {_plan.AppName}

        """.ReplaceLineEndings("\n");
}
