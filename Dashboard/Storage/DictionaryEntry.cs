namespace Stack.Dashboard.Storage;

/// <summary>A numbered row of a dictionary table, the same in a segment and in meta.db.</summary>
internal abstract record DictionaryEntry(long Id, string Hash);

internal sealed record ResourceEntry(long Id, ResourceInfo Info) : DictionaryEntry(Id, Info.Hash);

internal sealed record ScopeEntry(long Id, ScopeInfo Scope) : DictionaryEntry(Id, ResourceInfo.HashOf(Scope.Name, Scope.Version));

internal sealed record TemplateEntry(long Id, string Text) : DictionaryEntry(Id, ResourceInfo.HashOf(Text));

internal sealed record SeriesEntry(long Id, long Resource, long Scope, SeriesInfo Series, string Hash) : DictionaryEntry(Id, Hash);
