using Aspire.Hosting;
using Stack.Hosting.Publishing.Linux;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Supervisord;

/// <summary>Writes sections, variables, the gateway's files and scripts for a Linux machine that runs supervisord.</summary>
internal sealed class SupervisordPublisher : IPublisher
{
    public string Name => "supervisord";

    public PublishNetwork Network => PublishNetwork.OneMachine;

    public PublishOutput Write(PublishPlan plan)
    {
        LinuxChecks.ThrowIfImpossible(plan, Name);
        ThrowIfArgumentsDoNotFit(plan);
        LinuxFiles files = new(plan);
        var sections = files.Programs.Index().SelectMany(p => Sections(p.Item, p.Index, files.Paths)).ToList();
        List<PublishedFile> all =
        [
            .. files.All("supervisord/supervisor.sh", Jobs(files)),
            new("stack-roll.sh", LinuxFiles.Script("stack-roll.sh"), IsExecutable: true),
            .. sections.Select(s => new PublishedFile(LinuxFiles.InRoot($"/etc/supervisor/conf.d/{s.Name}.conf"), s.Text)),
            new(LinuxFiles.InRoot($"{files.Paths.Programs}/bin/with-env"), LinuxFiles.Script("supervisord/with-env"), IsExecutable: true),
            new(LinuxFiles.InRoot($"{files.Paths.Programs}/bin/watch"), LinuxFiles.Script("supervisord/watch"), IsExecutable: true),
            new(LinuxFiles.InRoot($"/etc/cron.d/{plan.AppName}-watch"), $"# Generated: publish again to change it.\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n* * * * * root {files.Paths.Programs}/bin/watch\n"),
            new("README.md", LinuxReadme.Write(plan, Name)),
        ];
        return new PublishOutput([.. all.OrderBy(f => f.Path, StringComparer.Ordinal)], files.Seed,
        [
            .. LinuxChecks.WarningsOf(plan, Name),
            .. PublishedLimits.WarningsOf(plan, Name, "supervisord has minfds and minprocs for all that it runs; the systemd output has limits.", _ => false),
            "supervisord does not find out that a replica hangs. The target systemd does.",
            "supervisord keeps no order: after a boot all programs start at once. The target systemd keeps it.",
            "supervisord has no sandbox: programs run with all that their user may do. The target systemd has one.",
        ]);
    }

    // One section for each replica, and no groups: a group of which one changes is restarted as a whole.
    private static IEnumerable<(string Name, string Text)> Sections(LinuxProgram program, int order, LinuxPaths paths)
    {
        if (program.IsJob)
        {
            yield break;
        }

        foreach (var id in program.Program is { } several ? several.Replicas.Select(r => $"{program.Name}-{LinuxProgram.KeyOf(r)}") : [program.Name])
        {
            yield return ($"{paths.App}-{id}", Section(program, id, order, paths));
        }
    }

    private static string Section(LinuxProgram program, string id, int order, LinuxPaths paths)
    {
        string[] files = id == program.Name ? [$"{id}.env", $"{id}.secrets.env"] : [$"{program.Name}.env", $"{id}.env", $"{id}.secrets.env"];
        var current = paths.Current(program.Name);
        var arguments = (program.Program?.Arguments ?? []).Select(a => $" {ShellText.Quote(a.Text!)}");
        return new IniText().Section($"program:{paths.App}-{id}")
            .Set("command", $"{paths.Programs}/bin/with-env {string.Join(' ', files.Select(f => $"{paths.Settings}/{f}"))} -- {current}/{program.File}{string.Concat(arguments)}")
            .Set("directory", current)
            .Set("environment", $"HOME=\"{paths.State}\",USER=\"{paths.App}\"")
            .Set("user", paths.App)
            .Set("umask", "027")
            .Set("priority", $"{program.Program switch { null => 100, _ => 200 + order }}")
            .Set("startsecs", "3").Set("startretries", "60").Set("autorestart", "true")
            .Set("stopsignal", "TERM").Set("stopwaitsecs", $"{program.Program?.StopGrace.TotalSeconds ?? 35:0}").Set("stopasgroup", "false").Set("killasgroup", "true")
            .Set("redirect_stderr", "true").Set("stdout_logfile", $"/var/log/{paths.App}/{id}.log").Set("stdout_logfile_maxbytes", "50MB").Set("stdout_logfile_backups", "10")
            .ToString();
    }

    // Jobs are no sections: they run once, by install.sh.
    private static string Jobs(LinuxFiles files) => string.Concat(files.Programs.Where(p => p.IsJob).Select(job =>
        $"\njob_{job.Name}() {{ as_user {ShellText.Quote(job.Name)} {ShellText.Quote(job.Name)}{string.Concat(job.Program!.Arguments.Select(a => $" {ShellText.Quote(a.Text!)}"))}; }}\n"));

    private static void ThrowIfArgumentsDoNotFit(PublishPlan plan)
    {
        List<string> faults = [];
        foreach (var program in plan.Programs)
        {
            foreach (var (index, argument) in program.Arguments.Index())
            {
                if (argument.Text is not { } text)
                {
                    faults.Add($"Argument {index + 1} of resource '{program.Name}' has the parameter '{argument.Parameters.First().Name}' in it, whose value is not known when supervisord reads it. Hand it over by WithEnvironment.");
                }
                else if (!IniText.CanHold(text) && !program.IsJob)
                {
                    faults.Add($"Argument {index + 1} of resource '{program.Name}' has ' ;' or ' #' in it, where supervisord cuts it. Hand it over by WithEnvironment.");
                }
            }
        }

        if (faults.Count > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, faults));
        }
    }
}
