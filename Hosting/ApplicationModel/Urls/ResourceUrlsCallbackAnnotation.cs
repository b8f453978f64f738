namespace Aspire.Hosting.ApplicationModel;

/// <summary>Changes the URLs of a resource, once its endpoints have addresses.</summary>
/// <param name="callback">Changes them.</param>
public sealed class ResourceUrlsCallbackAnnotation(Func<ResourceUrlsCallbackContext, Task> callback) : IResourceAnnotation
{
    /// <summary>Creates the annotation.</summary>
    /// <param name="callback">Changes the URLs.</param>
    public ResourceUrlsCallbackAnnotation(Action<ResourceUrlsCallbackContext> callback)
        : this(context =>
        {
            callback(context);
            return Task.CompletedTask;
        })
    {
        ArgumentNullException.ThrowIfNull(callback);
    }

    /// <summary>Changes the URLs.</summary>
    public Func<ResourceUrlsCallbackContext, Task> Callback { get; } = callback ?? throw new ArgumentNullException(nameof(callback));
}
