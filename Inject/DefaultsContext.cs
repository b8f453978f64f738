using System.Reflection;
using System.Runtime.Loader;

namespace Stack.Inject;

/// <summary>
/// Keeps ServiceDefaults and its packages apart from the site's own, which may be other versions of the same: each OpenTelemetry 1.x calls itself 1.0.0.0.
/// What is not beside this assembly, the framework above all, is the site's.
/// </summary>
internal sealed class DefaultsContext(string assembly) : AssemblyLoadContext("Stack.ServiceDefaults")
{
    private readonly AssemblyDependencyResolver _resolver = new(assembly);

    protected override Assembly? Load(AssemblyName assemblyName)
        => _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
}
