namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource speaks HTTP/2 on its http and https endpoints: their transport becomes <c>http2</c> before the start.</summary>
public sealed class Http2ServiceAnnotation : IResourceAnnotation;
