using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Releases;

/// <summary>One version of a site, published to a folder that nobody changes any more.</summary>
/// <param name="Name">Names it among the releases of its site; also that of its folder.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="Site">What runs from it, and where.</param>
internal sealed record Release(string Name, DateTimeOffset MadeAt, PublishedSiteAnnotation Site)
{
    public string Folder => Site.Folder;
}
