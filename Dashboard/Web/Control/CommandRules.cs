using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Web.Control;

/// <summary>Says whether commands can be given from the pages now.</summary>
internal static class CommandRules
{
    /// <summary>Why not, as a sentence; null: they can.</summary>
    public static string? WhyNot(StackView view, Viewer viewer) => view.Connection switch
    {
        StackConnection.Alone => "This dashboard runs alone, without an AppHost: there is nothing to command.",
        _ when !viewer.CanOperate => "Your token only reads. Sign in with the operator's token to give commands.",
        StackConnection.Connecting => "The AppHost has not answered yet.",
        StackConnection.Lost => $"The connection to the AppHost is lost{(view.AsOf is { } heard ? $" since {viewer.Clock(heard)}" : "")}: no command can be given. {view.Problem}".TrimEnd(),
        _ => null,
    };
}
