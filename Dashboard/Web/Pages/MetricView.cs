namespace Stack.Dashboard.Web.Pages;

/// <summary>How replicas stand beside each other on the Metrics page.</summary>
internal static class MetricView
{
    public const string Replica = "replica";
    public const string Sum = "sum";
    public const string Multiples = "multiples";

    public static readonly IReadOnlyList<(string Key, string Text)> All =
        [(Replica, "By replica"), (Sum, "All together"), (Multiples, "Side by side")];
}
