using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>What whoever publishes a resource has to be told of it.</summary>
/// <param name="Text">In full sentences.</param>
internal sealed record PublishWarningAnnotation(string Text) : IResourceAnnotation;
