namespace Aspire.Hosting.ApplicationModel;

/// <summary>Takes the name of an image apart and puts it together again.</summary>
internal static class ImageName
{
    private const string Digest = "sha256:";

    /// <summary>Reads <c>registry/image:tag</c> or <c>registry/image@sha256:digest</c>; the registry is a first part that looks like a host.</summary>
    /// <exception cref="ArgumentException">The name is empty, or has a digest that is no SHA-256.</exception>
    public static ContainerImageAnnotation Parse(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var at = name.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0 && !name.AsSpan(at + 1).StartsWith(Digest, StringComparison.Ordinal))
        {
            throw new ArgumentException($"The digest of the image '{name}' is no SHA-256. Write it as 'image@sha256:' and the digest.", nameof(name));
        }

        var rest = at < 0 ? name : name[..at];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var hasRegistry = slash > 0 && (rest[..slash].AsSpan().ContainsAny('.', ':') || rest[..slash] == "localhost");
        var image = hasRegistry ? rest[(slash + 1)..] : rest;
        var colon = image.LastIndexOf(':');
        return new ContainerImageAnnotation
        {
            Registry = hasRegistry ? rest[..slash] : null,
            Image = colon < 0 ? image : image[..colon],
            Tag = colon < 0 || at >= 0 ? null : image[(colon + 1)..],
            SHA256 = at < 0 ? null : name[(at + 1 + Digest.Length)..],
        };
    }

    public static string Text(ContainerImageAnnotation image) =>
        $"{(string.IsNullOrEmpty(image.Registry) ? "" : $"{image.Registry}/")}{image.Image}" +
        (image.SHA256 is { Length: > 0 } ? $"@{Digest}{image.SHA256}" : image.Tag is { Length: > 0 } ? $":{image.Tag}" : "");
}
