using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Nginx.AccessLog;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Traffic;
using Stack.Hosting.Nginx.Writing;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Does everything that comes before Nginx is started: chooses what it runs as, writes its configuration, has it checked, makes it the current one.</summary>
internal sealed partial class NginxPreparation(RuntimeSelector selector, ICommandRunner commands, TimeProvider time, ILogger<NginxPreparation> logger)
{
    /// <exception cref="DistributedApplicationException">Nginx can't be started like this; says why and what to do.</exception>
    public async Task<NginxLaunch> PrepareAsync(NginxRequest request, CancellationToken cancellationToken)
    {
        var choice = await selector.SelectAsync(request.Runtime, cancellationToken).ConfigureAwait(false);
        LogChosen(request.Name, choice is ContainerChoice ? "container" : "process", choice.Reason);
        if (choice is ContainerChoice { Engine: var engine } && !request.OutlivesAppHost)
        {
            await new Leftovers(commands).RemoveAsync(engine, request.Folder, cancellationToken).ConfigureAwait(false);
        }

        Directory.CreateDirectory(request.Folder);
        new FlagFolder(Path.Combine(request.Folder, NginxNames.FlagFolder)).Reset();
        var version = await ConfigureAsync(request, choice, "nothing was started. Correct it, then start again", cancellationToken).ConfigureAwait(false);
        string[] arguments = ["-c", $"{Folder(request).Current}/{NginxNames.RootFile}", "-e", "stderr", "-g", NginxNames.GlobalDirectives];
        return choice switch
        {
            ContainerChoice container => ContainerRun.Launch(container, request, arguments, version),
            ProcessChoice process => new NginxLaunch(process.Executable, arguments, choice, version),
            _ => throw new InvalidOperationException($"{choice.GetType()} is not a runtime of Nginx."),
        };
    }

    /// <summary>Makes the current configuration while Nginx runs as was chosen; it goes on with the one before until it is reloaded.</summary>
    /// <exception cref="DistributedApplicationException">nginx does not accept it; the one before stays.</exception>
    public async Task<ConfigChange> ChangeAsync(NginxRequest request, RuntimeChoice choice, CancellationToken cancellationToken)
    {
        var folder = Folder(request);
        var before = folder.CurrentVersion;
        var version = await ConfigureAsync(request, choice, "the one before stays in use. Correct it, then try again", cancellationToken).ConfigureAwait(false);
        return new ConfigChange(ConfigFolder.RevisionOf(version), version != before, () => folder.Use(before));
    }

    /// <summary>Makes the configuration and has it checked, without making it the current one.</summary>
    /// <returns>Folder of the version.</returns>
    /// <exception cref="DistributedApplicationException">nginx does not accept it.</exception>
    public Task<string> TryAsync(NginxRequest request, RuntimeChoice choice, CancellationToken cancellationToken) =>
        TryAsync(request, choice, "a reload would fail and change nothing", cancellationToken);

    /// <summary>Folder of the version in use.</summary>
    public string CurrentVersion(NginxRequest request) => Folder(request).CurrentVersion;

    private ConfigFolder Folder(NginxRequest request) => new(request.Folder, time);

    /// <returns>Folder of the version.</returns>
    private async Task<string> ConfigureAsync(NginxRequest request, RuntimeChoice choice, string otherwise, CancellationToken cancellationToken)
    {
        var version = await TryAsync(request, choice, otherwise, cancellationToken).ConfigureAwait(false);
        Folder(request).Use(version);
        LogConfiguration(request.Name, version);
        return version;
    }

    private async Task<string> TryAsync(NginxRequest request, RuntimeChoice choice, string otherwise, CancellationToken cancellationToken)
    {
        var version = Folder(request).Write(HandWrittenFiles.Load(request.Source), NginxConfigWriter.Write(NginxConfigBuilder.Build(Plan(request, choice))));
        new AccessLogFiles(request.Folder).Create();
        await new ConfigTest(commands).RunAsync(request.Name, Command(choice, request), version, request.Source, otherwise, cancellationToken).ConfigureAwait(false);
        return version;
    }

    /// <summary>All that the configuration is made of.</summary>
    public NginxPlan Plan(NginxRequest request, RuntimeChoice choice) => new()
    {
        Name = request.Name,
        Port = request.Port,
        ListenOn = request.ListenOn,
        Upstreams = request.Upstreams,
        Hosts = request.Hosts,
        Steering = new SteeringPlan(Path.Combine(request.Folder, NginxNames.FlagFolder), request.AdminSocket),
        Version = choice.Version,
        Folder = request.Folder,
        WorkerUser = choice is ProcessChoice && Environment.IsPrivilegedProcess && OperatingSystem.IsLinux() ? Workers(request) : null,
        Processors = Environment.ProcessorCount,
        OpenFiles = choice is ProcessChoice ? OpenFiles() : null,
        Timings = request.Timings,
        ClientTraceContext = request.ClientTraceContext,
        Options = request.Options,
    };

    private WorkerUser Workers(NginxRequest request)
    {
        // Made here and not by the version's writer: the question is whether others get as far as this.
        Directory.CreateDirectory(request.Folder);
        var closed = WorkerUsers.FirstClosed(Path.GetDirectoryName(request.Folder)!);
        var user = WorkerUsers.Choose(File.ReadLines("/etc/passwd"), File.ReadLines("/etc/group"), closed is null);
        if (closed is not null)
        {
            LogWorkersAreRoot(request.Name, closed);
        }

        return user;
    }

    private static NginxCommand Command(RuntimeChoice choice, NginxRequest request) => choice switch
    {
        ContainerChoice container => new NginxCommand(container.Engine, ContainerRun.Short(container, request)),
        ProcessChoice process => new NginxCommand(process.Executable, []),
        _ => throw new InvalidOperationException($"{choice.GetType()} is not a runtime of Nginx."),
    };

    /// <summary>The hard limit of open files that a child inherits.</summary>
    private static int? OpenFiles()
    {
        const string name = "Max open files";
        const string limits = "/proc/self/limits";
        var line = File.Exists(limits) ? File.ReadLines(limits).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) : null;
        var words = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [_, "unlimited", ..] ? int.MaxValue : words is [_, var hard, ..] && int.TryParse(hard, out var count) ? count : null;
    }

    [LoggerMessage(6001, LogLevel.Information, "Nginx '{Name}' runs as {Runtime}. {Reason}.")]
    private partial void LogChosen(string name, string runtime, string reason);

    [LoggerMessage(6002, LogLevel.Debug, "The configuration of Nginx '{Name}' is in {Version}.")]
    private partial void LogConfiguration(string name, string version);

    [LoggerMessage(6003, LogLevel.Warning, "The workers of Nginx '{Name}' run as root, because other users can't get through the folder '{Folder}'. " +
        "Give others the right to search it (chmod o+x), or set Stack:State to a folder that they reach.")]
    private partial void LogWorkersAreRoot(string name, string folder);
}
