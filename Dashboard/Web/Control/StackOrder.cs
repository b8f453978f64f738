using System.Text.Json;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Control;

/// <summary>A command for a resource or a replica.</summary>
/// <param name="Command">start, stop, restart, roll, scale, rollback, or the name of one of the resource's own.</param>
/// <param name="Target">A resource or a replica.</param>
/// <param name="Replicas">With scale: how many there are to be.</param>
/// <param name="Release">With rollback: where to; null: to the one before.</param>
internal sealed record StackOrder(string Command, string Target, int? Replicas = null, string? Release = null)
{
    public const string Scale = "scale";
    public const string Rollback = "rollback";

    private static readonly string[] OfEveryResource = ["start", "stop", "restart", "roll", Scale, Rollback];

    /// <summary>The command in words, for the audit.</summary>
    public string Text => Replicas is { } replicas ? $"{Command} to {replicas}" : Release is { } release ? $"{Command} to {release}" : Command;

    /// <summary>What goes with it. Always something: a request without a body is sent again by .NET when the AppHost goes before it answers, and the next AppHost would get the command once more.</summary>
    public string Body => Command switch
    {
        Scale => JsonSerializer.Serialize(new ScaleRequest { Replicas = Replicas }, ControlJson.Default.ScaleRequest),
        Rollback => JsonSerializer.Serialize(new RollbackRequest { To = Release }, ControlJson.Default.RollbackRequest),
        _ => "{}",
    };

    /// <summary>Where it goes, below <c>/v1/</c>.</summary>
    public string Path => OfEveryResource.Contains(Command)
        ? $"{Uri.EscapeDataString(Target)}/{Command}"
        : $"{Uri.EscapeDataString(Target)}/commands/{Uri.EscapeDataString(Command)}";
}
