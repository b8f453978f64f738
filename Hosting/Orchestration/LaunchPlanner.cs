using System.Collections;
using System.Runtime.InteropServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.Orchestration.Containers;
using Stack.Hosting.Orchestration.Injection;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;

namespace Stack.Hosting.Orchestration;

/// <summary>Turns the plan of one resource into launch requests for its replicas. The user's callbacks run once for each launch generation of the resource, not once for each replica.</summary>
internal sealed class LaunchPlanner(ResourcePlan plan, StateFolder state, DistributedApplicationExecutionContext execution, TimeSpan stopGrace, int? parentDeathSignal, ILogger logger)
{
    // What addresses the AppHost itself must not reach its children: a site without a URL of its own would bind the dashboard's port.
    private static readonly string[] OwnPrefixes = ["ASPIRE_", "STACK_", "WATCHDOG_"];

    private static readonly HashSet<string> Own = new(StringComparer.Ordinal)
    {
        "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "ASPNETCORE_HTTPS_PORT", "DOTNET_URLS", "URLS", "PORT",
        "DOTNET_LAUNCH_PROFILE", "DOTNET_STARTUP_HOOKS", "ASPNETCORE_HOSTINGSTARTUPASSEMBLIES", "NOTIFY_SOCKET",
        "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL",
    };

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Task<GatheredConfiguration>> _gathered = [];

    /// <summary>Launches in place of a program of the machine; null: the resource is no container.</summary>
    public ContainerLauncher? Container { get; init; }

    /// <summary>User, mask, limits of each replica.</summary>
    public ProcessSettings Settings { get; init; } = ProcessSettings.Inherited;

    /// <summary>The folder to run in, in place of the program's own.</summary>
    public string? Folder { get; init; }

    /// <summary>The published folder that a replica is launched from; null: what the model says.</summary>
    public Func<string, PublishedSiteAnnotation?> Release { get; init; } = _ => null;

    /// <summary>Adds ServiceDefaults to a site that has none; null: it must not.</summary>
    public SiteInjector? Injector { get; init; }

    public string LogFile(ReplicaIdentity replica) => Path.Combine(state.Logs, $"{replica.Name}.log");

    public async Task<LaunchRequest> CreateAsync(ReplicaIdentity replica, int generation, CancellationToken cancellationToken)
    {
        var configuration = await ConfigureAsync(replica, generation, cancellationToken).ConfigureAwait(false);
        if (Container is not null)
        {
            return await Container.CreateAsync(replica, configuration, Client(replica, generation), cancellationToken).ConfigureAwait(false);
        }

        var environment = Inherited();
        foreach (var variable in configuration.ResolvedVariables)
        {
            environment[variable.Name] = variable.Text;
        }

        foreach (var (name, value) in Identity(replica, generation))
        {
            environment.TryAdd(name, value);
        }

        var account = Account.Find(Settings);
        if (account is not null)
        {
            MoveIn(account, environment, configuration.ResolvedVariables.Select(v => v.Name).ToHashSet(StringComparer.Ordinal));
        }

        foreach (var own in plan.Resource.Annotations.OfType<ReplicaEnvironmentAnnotation>())
        {
            own.Callback(new ReplicaEnvironmentContext(replica.Name, replica.Index, replica.Port, environment));
        }

        var (file, first, folder) = await ProjectPrograms.ResolveAsync(plan, Release(replica.Name), () => execution.ServiceProvider.GetRequiredService<ProjectBuilds>(), cancellationToken).ConfigureAwait(false);
        var injected = Injector?.Apply(first is [var assembly, ..] ? assembly : file, environment, account) ?? [];
        return new LaunchRequest
        {
            FileName = file,
            Arguments = [.. first, .. configuration.ResolvedArguments.Select(a => a.Text)],
            WorkingDirectory = Folder ?? folder,
            Environment = environment,
            ModelVariables = configuration.ResolvedVariables.Select(v => v.Name).Concat(injected).ToHashSet(StringComparer.Ordinal),
            SensitiveVariables = configuration.ResolvedVariables.Where(v => v.IsSensitive).Select(v => v.Name).ToHashSet(StringComparer.Ordinal),
            SensitiveArguments = configuration.ResolvedArguments.Index().Where(a => a.Item.IsSensitive).Select(a => a.Index + first.Length).ToHashSet(),
            LogFile = LogFile(replica),
            ParentDeathSignal = parentDeathSignal,
            Settings = Settings,
            Folders = account is null || !environment.TryGetValue("STACK_KEYS", out var keys) ? [] : [keys],
        };
    }

    // What another user has of its own: its home, where .NET too keeps things, and a key ring. What the model sets stays.
    private void MoveIn(Account account, Dictionary<string, string> environment, HashSet<string> set)
    {
        (string Name, Func<string> Value)[] own =
            [("HOME", () => account.Home), ("USER", () => account.Name), ("LOGNAME", () => account.Name), ("STACK_KEYS", () => KeyRing.EnsureFor(account, state, TimeProvider.System))];
        foreach (var (name, value) in own.Where(o => !set.Contains(o.Name)))
        {
            environment[name] = value();
        }
    }

    // What runs on this machine for a container: the engine's client, which the model's variables are not meant for.
    private LaunchRequest Client(ReplicaIdentity replica, int generation)
    {
        var environment = Inherited();
        foreach (var (name, value) in Identity(replica, generation))
        {
            environment[name] = value;
        }

        return new LaunchRequest
        {
            FileName = "/bin/sh", Arguments = [], WorkingDirectory = "/", Environment = environment, LogFile = LogFile(replica), ParentDeathSignal = parentDeathSignal,
        };
    }

    private async Task<ExecutionConfigurationResult> ConfigureAsync(ReplicaIdentity replica, int generation, CancellationToken cancellationToken)
    {
        var context = new ValueProviderContext { ExecutionContext = execution, Caller = plan.Resource, Replica = replica };
        try
        {
            var gathered = await Gather(generation).WaitAsync(cancellationToken).ConfigureAwait(false);
            var configuration = await gathered.ResolveAsync(context, cancellationToken).ConfigureAwait(false);
            return configuration.Exception is { } error ? throw CannotStart(error) : configuration;
        }
        catch (MissingParameterValueException e)
        {
            // A callback may ask for a value itself.
            throw CannotStart(e);
        }
    }

    private DistributedApplicationException CannotStart(Exception error) => new($"Resource '{plan.Name}' can't start: {Reason(error)}", error);

    // All that is missing at once: who adds one parameter wants to know of the other.
    private static string Reason(Exception error)
        => error is AggregateException several ? string.Join(" ", several.InnerExceptions.Select(e => e.Message)) : error.Message;

    private static Dictionary<string, string> Inherited()
        => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(e => ((string)e.Key, (string?)e.Value ?? ""))
            .Where(e => !Own.Contains(e.Item1) && !OwnPrefixes.Any(p => e.Item1.StartsWith(p, StringComparison.Ordinal)))
            .ToDictionary(e => e.Item1, e => e.Item2, StringComparer.Ordinal);

    public static string DotnetHost()
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var host = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(host) ? host : "dotnet";
    }

    /// <summary>Has the callbacks called anew for the next launches: a roll-out is to bring what they say now, whatever the launch counts of the replicas.</summary>
    public void Renew()
    {
        lock (_lock)
        {
            _gathered.Clear();
        }
    }

    private Task<GatheredConfiguration> Gather(int generation)
    {
        lock (_lock)
        {
            return _gathered.TryGetValue(generation, out var running) && !running.IsFaulted
                ? running
                : _gathered[generation] = GatherAsync();
        }
    }

    private Task<GatheredConfiguration> GatherAsync()
    {
        var builder = (ExecutionConfigurationBuilder)ExecutionConfigurationBuilder.Create(plan.Resource).WithArgumentsConfig().WithEnvironmentVariablesConfig();
        return builder.GatherAsync(execution, logger, CancellationToken.None);
    }

    private Dictionary<string, string> Identity(ReplicaIdentity replica, int generation)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["STACK_INSTANCE"] = replica.Name,
            ["STACK_INDEX"] = $"{replica.Index}",
            ["STACK_REPLICAS"] = $"{plan.Resource.GetReplicaNames().Count}",
            ["STACK_GENERATION"] = $"{generation}",
            ["STACK_STATE"] = state.Path,
            ["STACK_KEYS"] = state.Keys,

            // The host's own limit must end before our KILL.
            ["DOTNET_SHUTDOWNTIMEOUTSECONDS"] = StopTimes.HostLimit(stopGrace),
        };
        if (replica.Port is { } port)
        {
            variables["PORT"] = $"{port}";
        }

        return variables;
    }
}
