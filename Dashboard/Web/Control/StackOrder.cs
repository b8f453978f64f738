namespace Stack.Dashboard.Web.Control;

/// <summary>A command for a resource or a replica.</summary>
/// <param name="Command">start, stop, restart, roll, scale, or the name of one of the resource's own.</param>
/// <param name="Target">A resource or a replica.</param>
/// <param name="Replicas">With scale: how many there are to be.</param>
internal sealed record StackOrder(string Command, string Target, int? Replicas = null)
{
    public const string Scale = "scale";

    private static readonly string[] OfEveryResource = ["start", "stop", "restart", "roll", Scale];

    /// <summary>The command in words, for the audit.</summary>
    public string Text => Replicas is { } replicas ? $"{Command} to {replicas}" : Command;

    /// <summary>Where it goes, below <c>/v1/</c>.</summary>
    public string Path => OfEveryResource.Contains(Command)
        ? $"{Uri.EscapeDataString(Target)}/{Command}"
        : $"{Uri.EscapeDataString(Target)}/commands/{Uri.EscapeDataString(Command)}";
}
