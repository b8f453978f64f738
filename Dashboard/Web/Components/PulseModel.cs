using Stack.Dashboard.Web.Control;

namespace Stack.Dashboard.Web.Components;

/// <summary>The stack in three words, for the top bar of every page.</summary>
/// <param name="Tone">Which colour.</param>
/// <param name="Text">The words.</param>
/// <param name="Title">The sentence behind them.</param>
/// <param name="Stale">True when the words may be out of date.</param>
public sealed record PulseModel(string Tone, string Text, string Title, bool Stale)
{
    internal static PulseModel From(StackView view, Viewer viewer)
    {
        if (view.Connection is StackConnection.Lost)
        {
            var since = view.AsOf is { } time ? $"as of {viewer.Clock(time)}" : "no AppHost";
            return new PulseModel(Components.Tone.Bad, since, view.Problem ?? "The connection to the AppHost is lost.", true);
        }

        if (view.Status is not { } status)
        {
            return new PulseModel(Components.Tone.Idle, "connecting", "Waiting for the first answer of the AppHost.", true);
        }

        var shown = status.Resources.Where(r => !r.Hidden).ToList();
        var (ready, wanted) = (shown.Sum(r => r.Ready), shown.Sum(r => r.Wanted));
        var worst = shown.SelectMany(r => r.Replicas).Select(Components.Tone.Of).Contains(Components.Tone.Bad);
        var tone = worst ? Components.Tone.Bad : ready < wanted ? Components.Tone.Warn : wanted == 0 ? Components.Tone.Off : Components.Tone.Good;
        return new PulseModel(tone, $"{ready} of {wanted} ready", $"{ready} of {wanted} processes that should run are ready.", false);
    }
}
