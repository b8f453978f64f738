using Stack.Hosting.Control.Contract;

namespace Stack.Cli;

/// <summary>Which site is meant by a command that need not name it.</summary>
internal static class Sites
{
    /// <param name="name">As the user gave it; null: the only site that there is.</param>
    /// <param name="status">The stack.</param>
    /// <exception cref="CliException">There is none, or there are several.</exception>
    public static string Resolve(string? name, StackStatus status)
    {
        if (name is not null)
        {
            return ResourceNames.Resolve(name, status);
        }

        List<ResourceStatus> projects = [.. status.Resources.Where(r => r is { Hidden: false, Type: "Project" })];
        List<ResourceStatus> replicated = projects.FindAll(r => r.Replicas.Count > 1);
        return (replicated, projects) switch
        {
            ([var only], _) => only.Name,
            ([], [var only]) => only.Name,
            (_, []) => throw new CliException(ExitCodes.Usage, "There is no project in this stack."),
            _ => throw new CliException(ExitCodes.Usage, $"There are several: {string.Join(", ", (replicated.Count > 0 ? replicated : projects).Select(r => r.Name))}. Name the one that is meant."),
        };
    }
}
