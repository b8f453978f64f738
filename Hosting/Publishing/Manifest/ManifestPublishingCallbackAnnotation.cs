using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Says what a resource looks like in the manifest; the last one counts.</summary>
/// <param name="callback">Writes the fields of the resource's object; null: the resource is left out.</param>
public class ManifestPublishingCallbackAnnotation(Func<ManifestPublishingContext, Task>? callback) : IResourceAnnotation
{
    /// <summary>Creates the annotation.</summary>
    /// <param name="callback">Writes the fields of the resource's object; null: the resource is left out.</param>
    public ManifestPublishingCallbackAnnotation(Action<ManifestPublishingContext>? callback)
        : this(callback is null ? null : context =>
        {
            callback(context);
            return Task.CompletedTask;
        })
    {
    }

    /// <summary>Leaves the resource out of the manifest and of everything else that is published.</summary>
    public static ManifestPublishingCallbackAnnotation Ignore { get; } = new((Func<ManifestPublishingContext, Task>?)null);

    /// <summary>Writes the fields of the resource's object; null: the resource is left out.</summary>
    public Func<ManifestPublishingContext, Task>? Callback { get; } = callback;
}
