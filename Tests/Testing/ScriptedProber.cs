using Stack.Hosting.Supervision;

namespace Testing;

/// <summary>Answers for the process that was launched last, as its script says, or as the test says.</summary>
internal sealed class ScriptedProber(ScriptedLauncher launcher) : IInstanceProber
{
    public static readonly ProbeResult Success = new(true, "answered 200");
    public static readonly ProbeResult Failure = new(false, "answered 503 instead of 200");

    /// <summary>What it answers; null: as the process's script says.</summary>
    public ProbeResult? Answer { get; set; }

    /// <summary>What it answers to one probe; null: as to any other.</summary>
    public Func<ProbeSpec, ProbeResult?> AnswerTo { get; set; } = _ => null;

    /// <summary>Answers only when this completes.</summary>
    public Task? Held { get; set; }

    public int Probes { get; private set; }

    public async Task<ProbeResult> ProbeAsync(ProbeSpec spec, CancellationToken cancellationToken)
    {
        Probes++;
        if (Held is { } held)
        {
            await held.ConfigureAwait(false);
        }

        return AnswerTo(spec) ?? Answer ?? (launcher.Launched is [.., { IsReady: true }] ? Success : Failure);
    }
}
