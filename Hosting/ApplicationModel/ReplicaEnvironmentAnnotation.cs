using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>Sets environment variables of each replica for itself, after all other callbacks.</summary>
/// <param name="Callback">Sets them.</param>
public sealed record ReplicaEnvironmentAnnotation(Action<ReplicaEnvironmentContext> Callback) : IResourceAnnotation;
