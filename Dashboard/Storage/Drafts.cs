namespace Stack.Dashboard.Storage;

/// <summary>A log record on its way to the writer, which gives it its id.</summary>
internal readonly record struct LogDraft(ResourceInfo Resource, ScopeInfo Scope, LogRow Row);

/// <summary>A span on its way to the writer.</summary>
internal readonly record struct SpanDraft(ResourceInfo Resource, ScopeInfo Scope, SpanRow Row);

/// <summary>A value of a metric on its way to the writer, with what the sender says about its instrument.</summary>
internal readonly record struct PointDraft(ResourceInfo Resource, SeriesInfo Series, PointRow Row, string Description = "");
