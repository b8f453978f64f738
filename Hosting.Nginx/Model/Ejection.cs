using Stack.Hosting.Nginx.Writing;

namespace Stack.Hosting.Nginx.Model;

/// <summary>The generated part as files for the user to own: a folder that an nginx without Stack serves with, and that Stack goes on with as well. Pure.</summary>
internal static class Ejection
{
    /// <summary>True for what an owner may change while Stack runs; the rest follows the replicas and the machine.</summary>
    public static bool IsOwnable(string path) =>
        path is NginxNames.HttpFile or NginxNames.ServerFile or NginxNames.ProxyFile or NginxNames.TlsFile || path.StartsWith(SnippetFiles.Prefix, StringComparison.Ordinal);

    /// <param name="plan">The plan in use.</param>
    /// <param name="folder">Absolute path of the folder that the files are for.</param>
    /// <returns>Text by path, relative to the folder.</returns>
    public static IReadOnlyDictionary<string, string> Write(NginxPlan plan, string folder)
    {
        var config = NginxConfigBuilder.Build(plan);
        SortedDictionary<string, IReadOnlyList<Directive>> includes = new(StringComparer.Ordinal);
        foreach (var (path, directives) in config.Includes)
        {
            includes[path] = directives;
        }

        // Elsewhere there are none of these places, and nobody asks Nginx anything.
        includes[NginxNames.MachineFile] = [];
        includes[NginxNames.ErrorsFile] = ErrorPages.Include(plan.Options, folder.TrimEnd('/'));
        var plain = config with { Main = [.. config.Main.Where(directive => directive.Name.Text != "pid")], Admin = null, Includes = includes };
        var files = NginxConfigWriter.Write(plain).ToDictionary(file => file.Key, file => $"{Note(file.Key)}{WithoutFirstLine(file.Key, file.Value)}", StringComparer.Ordinal);
        files[NginxNames.RevisionFile] = $"{Note(NginxNames.RevisionFile)}\nmap $host {NginxNames.RevisionVariable} {{\n    default ejected;\n}}\n";
        return files;
    }

    private static string Note(string path) => IsOwnable(path)
        ? "# Yours: Stack wrote this once and uses it as it is. Without the file it is generated again.\n"
        : "# As it was when the configuration was ejected, for an nginx without Stack. Under Stack it is generated, and this is not read.\n";

    /// <summary>Lines of the user's have none that tells where they come from.</summary>
    private static string WithoutFirstLine(string path, string text) => path.StartsWith(SnippetFiles.Prefix, StringComparison.Ordinal) ? text : text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
}
