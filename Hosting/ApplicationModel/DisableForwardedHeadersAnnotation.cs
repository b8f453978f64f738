namespace Aspire.Hosting.ApplicationModel;

/// <summary>The published project does not take the client's address and scheme from forwarded headers.</summary>
public sealed class DisableForwardedHeadersAnnotation : IResourceAnnotation;
