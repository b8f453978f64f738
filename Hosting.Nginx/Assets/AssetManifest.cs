using System.Text.Json;

namespace Stack.Hosting.Nginx.Assets;

/// <summary>Reads which files a published site has under which names: <c>&lt;Site&gt;.staticwebassets.endpoints.json</c>. Pure.</summary>
internal static class AssetManifest
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>
    /// The addresses that name one content for ever: those with a fingerprint in the name, which no file on the disk has, and those of files asked for
    /// with the hash of their content, as <c>asp-append-version</c> does. All others, whose content may change, are left to the site.
    /// </summary>
    /// <param name="json">Text of the file.</param>
    /// <returns>In the order of their addresses; none when it is not that of a published site.</returns>
    /// <exception cref="JsonException">It is not such a file.</exception>
    public static IReadOnlyList<StaticAsset> Parse(string json)
    {
        var manifest = JsonSerializer.Deserialize<Manifest>(json, Options);
        if (manifest?.ManifestType != "Publish")
        {
            return [];
        }

        return
        [
            .. (manifest.Endpoints ?? [])
                .Where(endpoint => endpoint is { Selectors: null or [], Route.Length: > 0 } && endpoint.Header("Content-Encoding") is null && IsFile(endpoint.AssetFile))
                .Select(endpoint => Url(endpoint) is { } url ? new StaticAsset(url, endpoint.AssetFile!) : null)
                .OfType<StaticAsset>()
                .Where(asset => IsWritable(asset.Url) && IsWritable(asset.File))
                .DistinctBy(asset => asset.Url, StringComparer.OrdinalIgnoreCase)
                .OrderBy(asset => asset.Url, StringComparer.Ordinal),
        ];
    }

    private static string? Url(Endpoint endpoint)
    {
        const string algorithm = "sha256-";
        if (endpoint.Property("fingerprint") is not null)
        {
            return $"/{endpoint.Route}";
        }

        // The hash in an address is the same number in another alphabet.
        return endpoint.Property("integrity") is { } integrity && integrity.StartsWith(algorithm, StringComparison.Ordinal)
            ? $"/{endpoint.Route}?v={integrity[algorithm.Length..].TrimEnd('=').Replace('+', '-').Replace('/', '_')}"
            : null;
    }

    private static bool IsFile(string? path) =>
        path is { Length: > 0 } && !Path.IsPathRooted(path) && !path.Contains('\\', StringComparison.Ordinal) && !path.Split('/').Contains("..");

    /// <summary>Nginx has no escape for '$'.</summary>
    private static bool IsWritable(string text) => !text.Contains('$', StringComparison.Ordinal) && !text.Any(char.IsControl);

    private sealed record Manifest(string? ManifestType, IReadOnlyList<Endpoint>? Endpoints);

    private sealed record Endpoint(
        string? Route, string? AssetFile, IReadOnlyList<JsonElement>? Selectors, IReadOnlyList<Pair>? ResponseHeaders, IReadOnlyList<Pair>? EndpointProperties)
    {
        public string? Header(string name) => Find(ResponseHeaders, name);

        public string? Property(string name) => Find(EndpointProperties, name);

        private static string? Find(IReadOnlyList<Pair>? pairs, string name) =>
            pairs?.FirstOrDefault(pair => string.Equals(pair.Name, name, StringComparison.OrdinalIgnoreCase))?.Value;
    }

    private sealed record Pair(string? Name, string? Value);
}
