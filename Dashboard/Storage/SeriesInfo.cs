namespace Stack.Dashboard.Storage;

/// <summary>One line of a metric: an instrument of one sender with one set of attributes.</summary>
internal sealed record SeriesInfo(ScopeInfo Scope, string Name, string Unit, string Type, string AttributesJson);
