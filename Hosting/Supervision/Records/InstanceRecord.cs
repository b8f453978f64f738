using System.Text.Json.Serialization;

namespace Stack.Hosting.Supervision.Records;

/// <summary>What is kept of one replica so that the next AppHost finds its process, knows it again, and goes on with it. Holds no value of an environment variable and no argument.</summary>
internal sealed record InstanceRecord
{
    public const int CurrentSchema = 1;

    /// <summary>The <see cref="State"/> in which a record is the intent of a launch.</summary>
    public const string Starting = "Starting";

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Name of the replica: <c>site-8001</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Name of its resource.</summary>
    public required string Resource { get; init; }

    /// <summary>0-based index in its resource.</summary>
    public int Index { get; init; }

    public int? Port { get; init; }

    /// <summary>False when another process listens on the port for it, as a container engine's does.</summary>
    public bool ListensItself { get; init; } = true;

    /// <summary>Number of the last launch; a record with a generation and no process is the intent to launch it.</summary>
    public required int Generation { get; init; }

    /// <summary>Starting, Running, …: where the process was; no truth, but the point to go on from.</summary>
    public required string State { get; init; }

    /// <summary>False after a stop by command: it is not started again with the stack.</summary>
    public required bool Wanted { get; init; }

    /// <summary>The process; null: none, or one that was about to be launched.</summary>
    public ProcessIdentity? Process { get; init; }

    /// <summary>Full path of the program, by which a process is known that overwrites its environment (<see cref="CommandLineMark"/>).</summary>
    public string? Program { get; init; }

    /// <summary>Text in the command line of a process that overwrites its environment; null: the environment tells who it is.</summary>
    public string? CommandLineMark { get; init; }

    /// <summary>Hash of what it was launched with; another one now means that it has to be launched anew.</summary>
    public string? LaunchHash { get; init; }

    /// <summary>Names the content of the files that it runs with; null: it has none that it reads again.</summary>
    public string? ContentVersion { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public int Restarts { get; init; }

    /// <summary>Failures in a row.</summary>
    public int ConsecutiveFailures { get; init; }

    /// <summary>When the failures of the last ten minutes happened.</summary>
    public IReadOnlyList<DateTimeOffset> RecentFailures { get; init; } = [];

    public string? LogFile { get; init; }

    /// <summary>Offset in the log at which the present process began.</summary>
    public long LogStart { get; init; }

    /// <summary>Signal of an orderly stop, for an AppHost that no longer has the replica in its model.</summary>
    public int StopSignal { get; init; } = 15;

    /// <summary>Time between that signal and KILL.</summary>
    public TimeSpan StopGrace { get; init; }

    /// <summary>True when the other one says the same. Times of failures are computed anew for each record, so only their number counts.</summary>
    public bool IsSame(InstanceRecord? other)
        => other is not null && RecentFailures.Count == other.RecentFailures.Count && (this with { RecentFailures = other.RecentFailures }) == other;
}

/// <summary>One process, told apart from all that have had its number or will: on this boot of the machine, with this start time.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="StartTicks">Its start in clock ticks after boot, field 22 of <c>/proc/&lt;pid&gt;/stat</c>.</param>
/// <param name="BootId">The kernel's id of this boot.</param>
internal sealed record ProcessIdentity(int Pid, long StartTicks, string BootId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(InstanceRecord))]
internal sealed partial class RecordJson : JsonSerializerContext;
