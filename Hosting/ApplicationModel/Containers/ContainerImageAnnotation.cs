using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The image of a container. Tag and digest exclude each other: setting one clears the other.</summary>
[DebuggerDisplay("Type = {GetType().Name,nq}, Image = {Image}, Tag = {Tag}, SHA256 = {SHA256}")]
public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    private string? _tag;
    private string? _digest;

    /// <summary>Registry; null: the engine's default.</summary>
    public string? Registry { get; set; }

    /// <summary>Name of the image, without registry and tag.</summary>
    public required string Image { get; set; }

    /// <summary>Tag.</summary>
    public string? Tag
    {
        get => _tag;
        set
        {
            _tag = value;
            _digest = value is null ? _digest : null;
        }
    }

    /// <summary>Digest, in hexadecimal digits without <c>sha256:</c>.</summary>
    public string? SHA256
    {
        get => _digest;
        set
        {
            _digest = value;
            _tag = value is null ? _tag : null;
        }
    }
}
