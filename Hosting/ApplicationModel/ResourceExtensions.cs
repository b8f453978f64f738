using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Reads the annotations of a resource.</summary>
public static partial class ResourceExtensions
{
    /// <summary>Finds the last annotation of a type.</summary>
    /// <typeparam name="T">Type of the annotation.</typeparam>
    /// <param name="resource">The resource.</param>
    /// <param name="annotation">The annotation.</param>
    public static bool TryGetLastAnnotation<T>(this IResource resource, [NotNullWhen(true)] out T? annotation)
        where T : IResourceAnnotation
    {
        annotation = resource.Annotations.OfType<T>().LastOrDefault();
        return annotation is not null;
    }

    /// <summary>Finds all annotations of a type.</summary>
    /// <typeparam name="T">Type of the annotations.</typeparam>
    /// <param name="resource">The resource.</param>
    /// <param name="result">The annotations, in the order they were added.</param>
    public static bool TryGetAnnotationsOfType<T>(this IResource resource, [NotNullWhen(true)] out IEnumerable<T>? result)
        where T : IResourceAnnotation
    {
        var found = resource.Annotations.OfType<T>().ToList();
        result = found.Count > 0 ? found : null;
        return result is not null;
    }

    /// <summary>Says whether the resource has an annotation of a type.</summary>
    /// <typeparam name="T">Type of the annotation.</typeparam>
    /// <param name="resource">The resource.</param>
    public static bool HasAnnotationOfType<T>(this IResource resource)
        where T : IResourceAnnotation => resource.Annotations.OfType<T>().Any();

    /// <summary>How many replicas of the resource are meant to run: what was said last, else 1.</summary>
    /// <param name="resource">The resource.</param>
    public static int GetReplicaCount(this IResource resource) => resource.TryGetLastAnnotation<ReplicaAnnotation>(out var replicas) ? replicas.Replicas : 1;

    /// <summary>Names under which the resource runs: those of its replicas, in the order of their index. Before the plan is made, and of what is not supervised, the resource's own name.</summary>
    /// <param name="resource">The resource.</param>
    public static string[] GetResolvedResourceNames(this IResource resource) => [.. resource.GetReplicaNames()];

    /// <summary>Names of the resource's replicas, once the plan is made; before that, and of what is not supervised, the resource's own name.</summary>
    internal static IReadOnlyList<string> GetReplicaNames(this IResource resource)
        => resource.TryGetLastAnnotation<ReplicaNamesAnnotation>(out var replicas) ? replicas.Names : [resource.Name];
}
