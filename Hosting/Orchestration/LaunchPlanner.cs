using System.Collections;
using System.Runtime.InteropServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>Turns the plan of one resource into launch requests for its replicas. The user's callbacks run once for each launch generation of the resource, not once for each replica.</summary>
internal sealed class LaunchPlanner(ResourcePlan plan, StateFolder state, DistributedApplicationExecutionContext execution, bool development, int? parentDeathSignal, ILogger logger)
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
    private readonly Dictionary<int, Task<Evaluation>> _evaluations = [];

    public string LogFile(ReplicaIdentity replica) => Path.Combine(state.Logs, $"{replica.Name}.log");

    public async Task<LaunchRequest> CreateAsync(ReplicaIdentity replica, int generation, CancellationToken cancellationToken)
    {
        var evaluation = await Evaluate(generation).WaitAsync(cancellationToken).ConfigureAwait(false);
        var context = new ValueProviderContext { ExecutionContext = execution, Caller = plan.Resource, Replica = replica };
        var environment = Inherited();
        foreach (var (name, value) in evaluation.Environment)
        {
            environment[name] = await TextOf(value, context, cancellationToken).ConfigureAwait(false) ?? "";
        }

        foreach (var (name, value) in Identity(replica, generation))
        {
            environment.TryAdd(name, value);
        }

        foreach (var own in plan.Resource.Annotations.OfType<ReplicaEnvironmentAnnotation>())
        {
            own.Callback(new ReplicaEnvironmentContext(replica.Name, replica.Index, replica.Port, environment));
        }

        List<string> arguments = [];
        foreach (var argument in evaluation.Arguments)
        {
            if (await TextOf(argument, context, cancellationToken).ConfigureAwait(false) is { } text)
            {
                arguments.Add(text);
            }
        }

        var (file, first, folder) = await ProjectPrograms.ResolveAsync(plan, () => execution.ServiceProvider.GetRequiredService<ProjectBuilds>(), cancellationToken).ConfigureAwait(false);
        return new LaunchRequest
        {
            FileName = file,
            Arguments = [.. first, .. arguments],
            WorkingDirectory = folder,
            Environment = environment,
            LogFile = LogFile(replica),
            ParentDeathSignal = parentDeathSignal,
        };
    }

    private static async ValueTask<string?> TextOf(object value, ValueProviderContext context, CancellationToken cancellationToken) => value switch
    {
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(context, cancellationToken).ConfigureAwait(false),
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(context, cancellationToken).ConfigureAwait(false),
        _ => value.ToString(),
    };

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

    private Task<Evaluation> Evaluate(int generation)
    {
        lock (_lock)
        {
            return _evaluations.TryGetValue(generation, out var running) && !running.IsFaulted
                ? running
                : _evaluations[generation] = EvaluateAsync();
        }
    }

    private async Task<Evaluation> EvaluateAsync()
    {
        var environment = new EnvironmentCallbackContext(execution, plan.Resource) { Logger = logger };
        foreach (var callback in plan.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await callback.Callback(environment).ConfigureAwait(false);
        }

        var arguments = new CommandLineArgsCallbackContext(new List<object>(), plan.Resource) { ExecutionContext = execution, Logger = logger };
        foreach (var callback in plan.Resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await callback.Callback(arguments).ConfigureAwait(false);
        }

        return new Evaluation(environment.EnvironmentVariables, [.. arguments.Args]);
    }

    private Dictionary<string, string> Identity(ReplicaIdentity replica, int generation)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["STACK_INSTANCE"] = replica.Name,
            ["STACK_INDEX"] = $"{replica.Index}",
            ["STACK_REPLICAS"] = $"{plan.Replicas.Count}",
            ["STACK_GENERATION"] = $"{generation}",
            ["STACK_STATE"] = state.Path,
            ["STACK_KEYS"] = state.Keys,

            // The host's own limit must end before our KILL.
            ["DOTNET_SHUTDOWNTIMEOUTSECONDS"] = development ? "4" : "30",
        };
        if (replica.Port is { } port)
        {
            variables["PORT"] = $"{port}";
        }

        return variables;
    }

    private sealed record Evaluation(IReadOnlyDictionary<string, object> Environment, IReadOnlyList<object> Arguments);
}
