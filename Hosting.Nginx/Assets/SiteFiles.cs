using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Nginx.Assets;

/// <summary>Tells which files Nginx sends in place of a site, as its releases change.</summary>
/// <param name="name">Name of Nginx's resource.</param>
/// <param name="sites">Names of the sites for which it was asked for.</param>
/// <param name="store">Keeps the copies.</param>
/// <param name="logger">Its log.</param>
internal sealed partial class SiteFiles(string name, IReadOnlySet<string> sites, AssetStore store, ILogger logger)
{
    /// <param name="site">Name of the site's resource.</param>
    /// <param name="folders">The published folders that its replicas run from, that of the next launches first.</param>
    /// <returns>By paths below the store's folder; null: it was not asked for.</returns>
    /// <exception cref="Aspire.Hosting.DistributedApplicationException">A folder does not tell its files.</exception>
    public IReadOnlyList<StaticAsset>? Of(string site, IReadOnlyList<string> folders)
    {
        if (!sites.Contains(site))
        {
            return null;
        }

        IReadOnlyList<StaticAsset> assets = [];
        foreach (var folder in folders.Reverse())
        {
            assets = store.Add(site, folder);
        }

        if (folders.Count == 0)
        {
            LogFromSources(name, site);
        }
        else
        {
            LogFiles(name, assets.Count, site);
        }

        return assets;
    }

    [LoggerMessage(6201, LogLevel.Information, "Nginx '{Name}' sends no static files of '{Site}', which runs from its sources: the site sends them itself. Deploy a release, or give AddProject a published folder.")]
    private partial void LogFromSources(string name, string site);

    [LoggerMessage(6202, LogLevel.Information, "Nginx '{Name}' knows {Count} addresses of static files of '{Site}', and sends those itself.")]
    private partial void LogFiles(string name, int count, string site);
}
