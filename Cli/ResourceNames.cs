using Stack.Hosting.Control.Contract;

namespace Stack.Cli;

/// <summary>Reads supervisord's way of naming: <c>site:*</c> is the resource <c>site</c>, <c>site:site-8001</c> its replica.</summary>
internal static class ResourceNames
{
    /// <exception cref="CliException">The replica named is not one of that resource.</exception>
    public static string Resolve(string name, StackStatus status)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || IsKnown(name, status))
        {
            return name;
        }

        var (group, member) = (name[..colon], name[(colon + 1)..]);
        if (member is "" or "*")
        {
            return group;
        }

        var resource = status.Resources.FirstOrDefault(r => Same(r.Name, group));
        if (resource is not null && !resource.Replicas.Any(i => Same(i.Name, member)))
        {
            throw new CliException(
                ExitCodes.Failed, $"The resource '{group}' has no replica '{member}'. It has: {string.Join(", ", resource.Replicas.Select(i => i.Name))}.");
        }

        return resource is null ? group : member;   // an unknown resource: the AppHost lists those there are
    }

    private static bool IsKnown(string name, StackStatus status) => status.Resources.Any(r => Same(r.Name, name) || r.Replicas.Any(i => Same(i.Name, name)));

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
