namespace Aspire.Hosting.ApplicationModel;

/// <summary>One part of a resource's connection string, added to those that the resource has itself, or in place of the one of that name.</summary>
/// <param name="name">Name: <c>Host</c>, <c>Port</c>.</param>
/// <param name="referenceExpression">The value.</param>
public sealed class ConnectionPropertyAnnotation(string name, ReferenceExpression referenceExpression) : IResourceAnnotation
{
    /// <summary>Name.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>The value.</summary>
    public ReferenceExpression Value { get; } = referenceExpression ?? throw new ArgumentNullException(nameof(referenceExpression));
}
