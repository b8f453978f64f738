namespace Aspire.Hosting.ApplicationModel;

/// <summary>A URL that is shown with a resource.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    /// <summary>The URL: absolute, or relative to that of its endpoint.</summary>
    public required string Url { get; set; }

    /// <summary>Text in place of the URL.</summary>
    public string? DisplayText { get; set; }

    /// <summary>Higher ones come first; default 0.</summary>
    public int? DisplayOrder { get; set; }

    /// <summary>The endpoint it belongs to; null: none.</summary>
    public EndpointReference? Endpoint { get; init; }

    /// <summary>Where it is shown.</summary>
    public UrlDisplayLocation DisplayLocation { get; set; } = UrlDisplayLocation.SummaryAndDetails;
}

/// <summary>Where a URL is shown.</summary>
public enum UrlDisplayLocation
{
    /// <summary>In the list of resources, and in the details of its own.</summary>
    SummaryAndDetails,

    /// <summary>In the details only.</summary>
    DetailsOnly,
}
