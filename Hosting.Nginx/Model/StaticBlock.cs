using System.Numerics;
using Stack.Hosting.Nginx.Assets;

namespace Stack.Hosting.Nginx.Model;

/// <summary>The files that Nginx sends in place of a site: which addresses they have, and the location that sends them.</summary>
internal static class StaticBlock
{
    private const int UsualBucket = 256;
    private const int UsualSize = 4096;

    /// <summary>What a hash's bucket holds beside a key.</summary>
    private const int BucketOverhead = 32;

    /// <summary>The file for a request, relative to the folder of the copies; empty when the site is to answer.</summary>
    public static string Variable(string site) => $"${NginxNames.Pool(site)}_asset";

    /// <summary>The maps, large ones, in files of their own.</summary>
    public static IEnumerable<(string Path, IReadOnlyList<Directive> Directives)> Includes(GatewayOptions options) => options.Assets
        .Where(site => site.Value.Count > 0)
        .OrderBy(site => site.Key, StringComparer.Ordinal)
        .Select(site => (NginxNames.AssetsFile(site.Key), (IReadOnlyList<Directive>)[Map(site.Key, site.Value)]));

    /// <summary>Comes before every map.</summary>
    public static IEnumerable<Directive> Http(GatewayOptions options)
    {
        var assets = options.Assets.Values.SelectMany(site => site).ToList();
        if (assets.Count == 0)
        {
            yield break;
        }

        var longest = assets.Max(asset => System.Text.Encoding.UTF8.GetByteCount(asset.Url)) + BucketOverhead;
        yield return new("map_hash_bucket_size", Math.Max(UsualBucket, (int)BitOperations.RoundUpToPowerOf2((uint)longest))) { Comment = "Room for the names of the files that Nginx sends itself." };
        yield return new("map_hash_max_size", Math.Max(UsualSize, (int)BitOperations.RoundUpToPowerOf2((uint)(2 * assets.Count))));
    }

    /// <param name="name">Name of the location.</param>
    /// <param name="site">The site.</param>
    /// <param name="folder">Absolute path of the folder of the copies.</param>
    /// <param name="otherwise">Named location for what is not there.</param>
    public static Location Location(string name, string site, string folder, string otherwise) => new([name],
    [
        new("root", folder),
        new("try_files", NginxValue.Expression($"/{Variable(site)}"), otherwise),
        new("add_header", "Cache-Control", "max-age=31536000, immutable") { Comment = "The address holds the fingerprint of the content: there never is another one behind it." },
        new("add_header", "X-Content-Type-Options", "nosniff"),
        new("etag", "off"),
        new("gzip_static", "on"),
        new("open_file_cache", "max=2000", "inactive=60s") { Comment = "Only here: elsewhere a flag that is gone would seem to be there." },
        new("open_file_cache_valid", "60s"),
    ])
    {
        Comment = "What Nginx sends itself; should a file be gone, the site answers.",
    };

    public static Directive WhenListed(string site, params IReadOnlyList<Directive> then) => new("if", NginxValue.Expression($"({Variable(site)})")) { Children = then };

    private static Directive Map(string site, IReadOnlyList<StaticAsset> assets) => new("map", NginxValue.Expression("$uri$is_args$args"), NginxValue.Expression(Variable(site)))
    {
        Children = [new("default", ""), .. assets.Select(asset => new Directive(asset.Url, asset.File))],
        Comment = "Which file has which address. The names with a fingerprint exist here only.",
    };
}
