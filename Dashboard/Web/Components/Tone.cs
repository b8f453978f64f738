using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Components;

/// <summary>The six meanings that a colour can have on the pages, and which state has which. Each also has an icon and a text.</summary>
internal static class Tone
{
    public const string Good = "good";
    public const string Busy = "busy";
    public const string Warn = "warn";
    public const string Bad = "bad";
    public const string Off = "off";
    public const string Idle = "idle";

    public static string OfState(string state) => state switch
    {
        "Running" => Good,
        "Starting" or "Stopping" => Busy,
        "Backoff" => Warn,
        "Fatal" or "RolloutFrozen" => Bad,
        "Stopped" or "Exited" => Off,
        _ => Idle,
    };

    /// <summary>A process that has ended although it is to run is trouble; a job that has ended well is not.</summary>
    public static string Of(ReplicaStatus replica) => replica is { State: "Exited", IsDone: false } ? Bad : OfState(replica.State);

    public static string OfHealth(string health) => health switch
    {
        "Ready" => Good,
        "NotReady" => Warn,
        "Dead" => Bad,
        _ => Idle,
    };

    /// <summary>Severity numbers of OpenTelemetry: 1–4 trace, 5–8 debug, 9–12 information, 13–16 warning, 17–20 error, 21–24 critical.</summary>
    public static string OfSeverity(int severity) => severity switch
    {
        >= 21 => "critical",
        >= 17 => "error",
        >= 13 => "warning",
        >= 9 => "information",
        >= 5 => "debug",
        _ => "trace",
    };

    public static string HealthText(string health) => health switch
    {
        "NotReady" => "Not ready",
        "RolloutFrozen" => "Roll-out frozen",
        _ => health,
    };

    /// <summary>A number that tells replicas apart by colour: the same name always has the same one.</summary>
    public static int Hue(string name)
    {
        var digits = name.AsSpan(name.AsSpan().LastIndexOfAnyExceptInRange('0', '9') + 1);
        if (digits.Length is > 0 and < 9)
        {
            return int.Parse(digits) % Hues; // neighbours on sequential ports get different colours
        }

        var hash = 17u;
        foreach (var c in name)
        {
            hash = hash * 31 + c;
        }

        return (int)(hash % Hues);
    }

    private const int Hues = 12;
}
