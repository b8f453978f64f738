using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Linux;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Systemd;

/// <summary>The units of an application: a target for all, one and a template per program, and what prepares and watches them.</summary>
internal sealed class Units(PublishPlan plan, IReadOnlyList<LinuxProgram> programs)
{
    private readonly LinuxPaths _paths = new(plan.AppName);
    private readonly string _app = plan.AppName;

    /// <summary>File names and texts.</summary>
    public IEnumerable<(string Name, string Text)> All()
    {
        yield return ($"{_app}.target", Everything());
        foreach (var program in programs)
        {
            switch (program)
            {
                case { Program: null }:
                    yield return ($"{_app}-{program.Name}.service", Dashboard(program));
                    break;
                case { IsJob: true }:
                    yield return ($"{_app}-{program.Name}.service", Job(program));
                    break;
                default:
                    yield return (TargetOf(program.Name), Target(program));
                    yield return ($"{_app}-{program.Name}@.service", Template(program));
                    if (HasKeys(program))
                    {
                        yield return (KeysOf(program.Name), Keys(program));
                    }

                    break;
            }
        }

        yield return ($"{_app}-watch.service", Watch());
        yield return ($"{_app}-watch.timer", Timer());
    }

    private string TargetOf(string program) => $"{_app}-{program}.target";

    private string KeysOf(string program) => $"{_app}-{program}-keys.service";

    private static bool HasKeys(LinuxProgram program) => program.Program is { HasServiceDefaults: true, IsSite: true };

    private string Everything() => new UnitText().Section("Unit")
        .Set("Description", $"All of {_app}")
        .Each("Wants", programs.Where(p => p.Program is { IsJob: false }).Select(p => TargetOf(p.Name)))
        .Each("Wants", programs.Where(p => p.Program is null).Select(p => $"{_app}-{p.Name}.service"))
        .Raw("Wants", $"{_app}-watch.timer")
        .Section("Install").Raw("WantedBy", "multi-user.target").ToString();

    private string Target(LinuxProgram program) => new UnitText().Section("Unit")
        .Set("Description", $"{program.Name} of {_app}: {program.Program!.Replicas.Count} replicas")
        .Raw("PartOf", $"{_app}.target")
        .Each("Wants", program.Program.Replicas.Select(r => $"{_app}-{program.Name}@{LinuxProgram.KeyOf(r)}.service")).ToString();

    private string Template(LinuxProgram program)
    {
        var notifies = program.Program!.HasServiceDefaults;
        var unit = new UnitText().Section("Unit")
            .Raw("Description", $"{program.Name} of {_app}, replica %i")
            .Raw("PartOf", TargetOf(program.Name))
            .Raw("After", "network.target nss-lookup.target");
        Prepared(unit, program);
        unit.Raw("StartLimitIntervalSec", "600").Raw("StartLimitBurst", "10");
        Start(unit, program, $"{program.Name}-%i", notifies ? "notify" : "exec", program.Program.Arguments);
        if (notifies)
        {
            unit.Raw("NotifyAccess", "main").Raw("WatchdogSec", "30").Raw("TimeoutStartSec", "60");
        }

        return unit.Raw("Restart", "always").Raw("RestartSec", "1")
            .Raw("KillSignal", "SIGTERM").Raw("TimeoutStopSec", $"{program.Program.StopGrace.TotalSeconds:0}").Raw("SuccessExitStatus", "143")
            .Raw("SyslogIdentifier", $"{program.Name}-%i")
            .Harden([_paths.State], [$"-{_paths.State}/telemetry"]).ToString();
    }

    // What has to have ended well is required; what only has to be there first may fail later without taking this one along.
    private void Prepared(UnitText unit, LinuxProgram program)
    {
        if (HasKeys(program))
        {
            unit.Raw("Requires", KeysOf(program.Name)).Raw("After", KeysOf(program.Name));
        }

        foreach (var wait in program.Program!.Waits)
        {
            var isJob = programs.Any(p => p.Name == wait.Program && p.IsJob);
            var other = isJob ? $"{_app}-{wait.Program}.service" : TargetOf(wait.Program);
            unit.Raw(isJob && wait.Type == WaitType.WaitForCompletion ? "Requires" : "Wants", other).Raw("After", other);
        }
    }

    private void Start(UnitText unit, LinuxProgram program, string id, string type, IReadOnlyList<PublishedValue> arguments)
    {
        string[] files = id == program.Name ? [program.Name] : [program.Name, id];
        unit.Section("Service").Raw("Type", type).Set("User", _app).Set("Group", _app).Raw("UMask", "0027")
            .Raw("WorkingDirectory", _paths.Current(program.Name))
            .Each("EnvironmentFile", files.Select(f => $"{_paths.Settings}/{f}.env"))
            .Raw("EnvironmentFile", $"{_paths.Settings}/{id}.secrets.env")
            .Each(program.Program?.Limits.Select(l => ($"Limit{l.Key.ToUpperInvariant()}", $"{Limit(l.Value.Soft)}:{Limit(l.Value.Hard)}")) ?? [])
            .Raw("ExecStart", string.Join(' ', [$"{_paths.Current(program.Name)}/{program.File}", .. arguments.Select(UnitText.Argument)]));
    }

    private static string Limit(long limit) => limit == ProcessLimit.Unlimited ? "infinity" : $"{limit}";

    private string Keys(LinuxProgram program)
    {
        // Those of the first replica: the folder of the keys is the same for all.
        var first = LinuxProgram.KeyOf(program.Program!.Replicas[0]);
        var unit = new UnitText().Section("Unit")
            .Set("Description", $"The first key of the ring that all replicas of {program.Name} share")
            .Raw("PartOf", $"{_app}.target");
        Start(unit, program, $"{program.Name}-{first}", "oneshot", [new PublishedValue("--create-keys")]);
        return unit.Raw("RemainAfterExit", "yes").Raw("TimeoutStartSec", "90").Raw("SyslogIdentifier", $"{program.Name}-keys")
            .Harden([_paths.State], []).ToString();
    }

    private string Job(LinuxProgram program)
    {
        var unit = new UnitText().Section("Unit")
            .Set("Description", $"{program.Name} of {_app}, which runs once and ends")
            .Raw("PartOf", $"{_app}.target").Raw("After", "network.target nss-lookup.target");
        Prepared(unit, program);
        Start(unit, program, program.Name, "oneshot", program.Program!.Arguments);
        return unit.Raw("RemainAfterExit", "yes").Raw("TimeoutStartSec", "infinity").Set("SyslogIdentifier", program.Name)
            .Harden([_paths.State], [$"-{_paths.State}/telemetry"]).ToString();
    }

    private string Dashboard(LinuxProgram program)
    {
        var unit = new UnitText().Section("Unit")
            .Set("Description", $"The dashboard of {_app}: logs, traces, metrics")
            .Raw("PartOf", $"{_app}.target").Raw("After", "network.target")
            .Raw("StartLimitIntervalSec", "600").Raw("StartLimitBurst", "10");
        Start(unit, program, program.Name, "exec", []);
        return unit.Raw("Restart", "always").Raw("RestartSec", "1")
            .Raw("KillSignal", "SIGTERM").Raw("TimeoutStopSec", "35").Raw("SuccessExitStatus", "143").Set("SyslogIdentifier", program.Name)
            .Harden([$"{_paths.State}/telemetry"], [$"-{_paths.State}/keys"]).ToString();
    }

    private string Watch() => new UnitText().Section("Unit")
        .Set("Description", $"Starts what has failed of {_app}")
        .Section("Service").Raw("Type", "oneshot")
        .Raw("ExecStart", string.Join(' ', [$"{_paths.Programs}/bin/watch", $"{_app}.target", .. Watched()])).ToString();

    private IEnumerable<string> Watched() => programs.SelectMany<LinuxProgram, string>(p => p.Program is { IsJob: false }
        ? [$"{_app}-{p.Name}@*.service", .. HasKeys(p) ? [KeysOf(p.Name)] : Array.Empty<string>()]
        : [$"{_app}-{p.Name}.service"]);

    private string Timer() => new UnitText().Section("Unit")
        .Set("Description", $"Looks each minute whether something of {_app} has failed")
        .Raw("PartOf", $"{_app}.target")
        .Section("Timer").Raw("OnActiveSec", "60").Raw("OnUnitActiveSec", "60").Raw("AccuracySec", "5").ToString();
}
