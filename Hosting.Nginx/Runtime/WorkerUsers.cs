using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Chooses the user of the workers for a master that is root.</summary>
internal static class WorkerUsers
{
    private static readonly string[] Preferred = ["www-data", "nobody"];

    /// <summary>The first preferred user that exists; root when others can't reach the folder, in which error pages and temporary files are.</summary>
    /// <param name="passwd">Lines of /etc/passwd.</param>
    /// <param name="group">Lines of /etc/group.</param>
    /// <param name="canReach">Whether everybody may search the way to the folder.</param>
    public static WorkerUser Choose(IEnumerable<string> passwd, IEnumerable<string> group, bool canReach)
    {
        var users = passwd.Select(line => line.Split(':')).Where(parts => parts.Length > 3).ToDictionary(parts => parts[0], parts => parts[3]);
        var groups = group.Select(line => line.Split(':')).Where(parts => parts.Length > 2).ToList();
        var name = canReach ? Preferred.FirstOrDefault(users.ContainsKey) : null;
        if (name is null)
        {
            return new WorkerUser("root", "root");
        }

        return new WorkerUser(name, groups.FirstOrDefault(parts => parts[2] == users[name])?[0] ?? name);
    }

    /// <summary>The first folder on the way that not everybody may search; null when there is none.</summary>
    public static string? FirstClosed(string folder)
    {
        Stack<DirectoryInfo> way = new();
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            way.Push(at);
        }

        return way.FirstOrDefault(at => at.Exists && !at.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))?.FullName;
    }
}
