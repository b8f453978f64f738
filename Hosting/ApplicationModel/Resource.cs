namespace Aspire.Hosting.ApplicationModel;

/// <summary>Base class of all resources.</summary>
public abstract class Resource : IResource
{
    /// <summary>Creates a resource.</summary>
    /// <param name="name">ASCII letters, digits and hyphens; a letter first; no two hyphens in a row, none at the end; 1 to 64 characters.</param>
    /// <exception cref="ArgumentException">The name breaks one of these rules; the message says which.</exception>
    protected Resource(string name)
    {
        ModelName.Validate("resource", name);
        Name = name;
    }

    /// <inheritdoc/>
    public virtual string Name { get; }

    /// <inheritdoc/>
    public virtual ResourceAnnotationCollection Annotations { get; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name} '{Name}'";
}
