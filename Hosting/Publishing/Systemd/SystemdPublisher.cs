using Stack.Hosting.Publishing.Linux;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Systemd;

/// <summary>Writes units, variables, the gateway's files and scripts for a Linux machine that runs systemd.</summary>
internal sealed class SystemdPublisher : IPublisher
{
    public string Name => "systemd";

    public PublishNetwork Network => PublishNetwork.OneMachine;

    public PublishOutput Write(PublishPlan plan)
    {
        LinuxChecks.ThrowIfImpossible(plan, Name);
        if (plan.AppHost is not null)
        {
            return AppHostService.Write(plan);
        }

        LinuxFiles files = new(plan);
        List<PublishedFile> all =
        [
            .. files.All("systemd/supervisor.sh"),
            new("stack-roll.sh", LinuxFiles.Script("stack-roll.sh"), IsExecutable: true),
            .. new Units(plan, files.Programs).All().Select(u => new PublishedFile(LinuxFiles.InRoot($"/etc/systemd/system/{u.Name}"), u.Text)),
            new(LinuxFiles.InRoot($"{files.Paths.Programs}/bin/watch"), LinuxFiles.Script("systemd/watch"), IsExecutable: true),
            new(LinuxFiles.InRoot($"/usr/lib/sysusers.d/{plan.AppName}.conf"), User(plan.AppName, files.Paths)),
            new(LinuxFiles.InRoot($"/usr/lib/tmpfiles.d/{plan.AppName}.conf"), TemporaryFiles(plan.AppName, files.Paths)),
            new("README.md", LinuxReadme.Write(plan, "systemd")),
        ];
        return new PublishOutput([.. all.OrderBy(f => f.Path, StringComparer.Ordinal)], files.Seed, [.. LinuxChecks.WarningsOf(plan, Name), .. PublishedLimits.WarningsOf(plan, Name, "Set it in a drop-in: systemctl edit.", _ => true)]);
    }

    /// <summary>The user that an application runs as, for systemd-sysusers.</summary>
    public static string User(string app, LinuxPaths paths) => $"u {app} - \"Runs {app}\" {paths.State}\n";

    // The flags are in memory: a reboot ends whatever was kept from requests.
    private static string TemporaryFiles(string user, LinuxPaths paths) =>
        $"""
        d {paths.Run} 0755 root root
        d {paths.Flags} 0755 root root
        d /var/lib/stack 0755 root root
        d {paths.State} 0750 {user} {user}
        d {paths.State}/keys 0700 {user} {user}
        d {paths.State}/telemetry 0700 {user} {user}

        """.ReplaceLineEndings("\n");
}
