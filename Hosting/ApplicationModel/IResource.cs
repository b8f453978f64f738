namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something that the application is made of: a project, an executable, a container, …</summary>
public interface IResource
{
    /// <summary>Name, unique in the model without regard to case.</summary>
    string Name { get; }

    /// <summary>What the model knows of the resource beyond its name.</summary>
    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>A resource that takes environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>A resource that takes command line arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>A resource that listens on endpoints.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>A resource that can wait for others before it starts.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>A resource that can be probed over HTTP.</summary>
public interface IResourceWithProbes : IResource;

/// <summary>A resource that does not run itself, so that nothing waits for its end.</summary>
public interface IResourceWithoutLifetime : IResource;

/// <summary>A resource that runs code and can be deployed.</summary>
public interface IComputeResource : IResource;

/// <summary>A resource that lives and ends with another one.</summary>
public interface IResourceWithParent : IResource
{
    /// <summary>The other one.</summary>
    IResource Parent { get; }
}

/// <summary>A resource that lives and ends with another one of a known type.</summary>
/// <typeparam name="T">Type of the parent.</typeparam>
public interface IResourceWithParent<out T> : IResourceWithParent
    where T : IResource
{
    /// <summary>The other one.</summary>
    new T Parent { get; }

    IResource IResourceWithParent.Parent => Parent;
}

/// <summary>Something that the model knows of a resource.</summary>
public interface IResourceAnnotation;
