using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Building;

/// <summary>Takes the name of an image apart and puts it together again.</summary>
internal static class ImageName
{
    /// <summary>Reads <c>registry/image:tag</c> or <c>registry/image@sha256:digest</c>; the registry is a first part that looks like a host.</summary>
    public static ContainerImageAnnotation Parse(string name)
    {
        var digest = name.IndexOf("@sha256:", StringComparison.Ordinal);
        var rest = digest < 0 ? name : name[..digest];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var hasRegistry = slash > 0 && (rest[..slash].AsSpan().ContainsAny('.', ':') || rest[..slash] == "localhost");
        var image = hasRegistry ? rest[(slash + 1)..] : rest;
        var colon = image.LastIndexOf(':');
        return new ContainerImageAnnotation
        {
            Registry = hasRegistry ? rest[..slash] : null,
            Image = colon < 0 ? image : image[..colon],
            Tag = colon < 0 ? null : image[(colon + 1)..],
            SHA256 = digest < 0 ? null : name[(digest + "@sha256:".Length)..],
        };
    }

    public static string Text(ContainerImageAnnotation image) =>
        $"{(image.Registry is null ? "" : $"{image.Registry}/")}{image.Image}" +
        (image.SHA256 is not null ? $"@sha256:{image.SHA256}" : image.Tag is not null ? $":{image.Tag}" : "");
}
