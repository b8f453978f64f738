using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Plans;

/// <summary>The stack as a publisher gets it: what is to run, where it listens, and with which settings. Values are texts or parameters, never resolved secrets.</summary>
internal sealed record PublishPlan
{
    /// <summary>Name of the application, part of file and unit names.</summary>
    public required string AppName { get; init; }

    /// <summary>Name of the version, and of its release folder or image tag.</summary>
    public required string Release { get; init; }

    /// <summary>What runs, each after what it waits for.</summary>
    public required IReadOnlyList<PublishedProgram> Programs { get; init; }

    public required IReadOnlyList<PublishedGateway> Gateways { get; init; }

    /// <summary>The dashboard; null: there is none.</summary>
    public PublishedDashboard? Dashboard { get; init; }

    /// <summary>The AppHost itself, where it is to run and supervise; null: the target supervises.</summary>
    public PublishedAppHost? AppHost { get; init; }

    /// <summary>Where the projects are built from.</summary>
    public required PublishSources Sources { get; init; }

    /// <summary>Each parameter that a value has in it, by name.</summary>
    public required IReadOnlyList<ParameterResource> Parameters { get; init; }

    /// <summary>What is weaker than in a run, in full sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>A project, program or container, and its replicas.</summary>
internal sealed record PublishedProgram
{
    public required IResource Resource { get; init; }

    public string Name => Resource.Name;

    /// <summary>The project's file; null: it is no project.</summary>
    public string? ProjectPath { get; init; }

    /// <summary>The folder that it was published to, in place of a project.</summary>
    public string? Folder { get; init; }

    /// <summary>File name of its assembly: <c>WebSite.dll</c>; null: it is no project.</summary>
    public string? Assembly { get; init; }

    /// <summary>It references ServiceDefaults: it has <c>/health</c>, <c>/alive</c>, <c>--probe</c>, <c>--create-keys</c>, <c>--sleep</c>, and tells systemd how it is.</summary>
    public required bool HasServiceDefaults { get; init; }

    /// <summary>It ends by itself, and others wait for that; it has no endpoint.</summary>
    public required bool IsJob { get; init; }

    /// <summary>A site behind a gateway, whose replicas share keys.</summary>
    public bool IsSite => !IsJob && Assembly is not null && Replicas.Any(r => r.Port is not null);

    public required IReadOnlyList<PublishedReplica> Replicas { get; init; }

    public required IReadOnlyList<PublishedValue> Arguments { get; init; }

    public required IReadOnlyList<PublishedWait> Waits { get; init; }

    /// <summary>Path that is 200 when a replica may get requests; null: it has none.</summary>
    public string? HealthPath { get; init; }

    /// <summary>Path that is 200 as long as a replica works; null: it has none.</summary>
    public string? AlivePath { get; init; }

    /// <summary>Between the signal to stop and KILL.</summary>
    public required TimeSpan StopGrace { get; init; }

    /// <summary>The limits of its processes, by name: <c>nofile</c>.</summary>
    public IReadOnlyDictionary<string, ProcessLimit> Limits => PublishedLimits.Of(Resource);

    /// <summary>The variables that are the same for all replicas.</summary>
    public IReadOnlyDictionary<string, PublishedValue> Common
        => Replicas[0].Environment.Where(v => Replicas.All(r => r.Environment.TryGetValue(v.Key, out var other) && Same(other, v.Value))).ToSortedDictionary();

    /// <summary>The variables that differ from replica to replica.</summary>
    public IReadOnlyDictionary<string, PublishedValue> Own(PublishedReplica replica)
    {
        var common = Common;
        return replica.Environment.Where(v => !common.ContainsKey(v.Key)).ToSortedDictionary();
    }

    private static bool Same(PublishedValue one, PublishedValue other) => one.Parts.SequenceEqual(other.Parts);
}

/// <summary>One of the processes of a program.</summary>
/// <param name="Name"><c>site-8001</c>.</param>
/// <param name="Index">0-based.</param>
/// <param name="Port">Where it listens; null: it has no endpoint.</param>
/// <param name="Environment">Its variables, by name.</param>
internal sealed record PublishedReplica(string Name, int Index, int? Port, IReadOnlyDictionary<string, PublishedValue> Environment);

/// <summary>What a program waits for before it starts.</summary>
/// <param name="Program">Name of the other program.</param>
/// <param name="Type">What has to be true of it.</param>
internal sealed record PublishedWait(string Program, WaitType Type);

/// <summary>A gateway, and the sites behind it.</summary>
/// <param name="Resource">The gateway.</param>
/// <param name="Port">Where clients reach it.</param>
/// <param name="IsExternal">True: from other machines too.</param>
/// <param name="Sites">Names of the programs behind it.</param>
internal sealed record PublishedGateway(IResource Resource, int Port, bool IsExternal, IReadOnlyList<string> Sites)
{
    public string Name => Resource.Name;
}

/// <summary>The dashboard where the stack is published to.</summary>
/// <param name="OtlpKey">What senders have to know.</param>
/// <param name="BrowserToken">What its reader has to know.</param>
/// <param name="ApiKey">What its API's users have to know.</param>
internal sealed record PublishedDashboard(ParameterResource OtlpKey, ParameterResource BrowserToken, ParameterResource ApiKey)
{
    public const string Name = "dashboard";
    public const int Port = 18888;
    public const int OtlpGrpcPort = 18889;
    public const int OtlpHttpPort = 18890;

    /// <summary>Its project file; null: the AppHost's build did not name one.</summary>
    public string? ProjectPath { get; init; }

    /// <summary>File name of its assembly.</summary>
    public string Assembly { get; init; } = "Stack.Dashboard.dll";
}

/// <summary>The AppHost where it is installed itself.</summary>
/// <param name="ProjectPath">Its project file.</param>
/// <param name="Program">Name of its executable.</param>
/// <param name="CliProject">Project file of what commands it; null: it is not known.</param>
internal sealed record PublishedAppHost(string ProjectPath, string Program, string? CliProject);

/// <summary>Sorting by ordinals, so that the output does not depend on the order of declarations.</summary>
internal static class SortedPairs
{
    public static SortedDictionary<string, T> ToSortedDictionary<T>(this IEnumerable<KeyValuePair<string, T>> pairs)
    {
        SortedDictionary<string, T> sorted = new(StringComparer.Ordinal);
        foreach (var (key, value) in pairs)
        {
            sorted[key] = value;
        }

        return sorted;
    }
}
