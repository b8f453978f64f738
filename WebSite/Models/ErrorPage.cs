namespace WebSite.Models;

/// <summary>Everything the error page shows.</summary>
public sealed record ErrorPage(int Status, string Reason, string TraceId, string Replica);
