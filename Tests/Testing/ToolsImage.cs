using System.Formats.Tar;
using Stack.Hosting.Supervision.Commands;

namespace Testing;

/// <summary>An image with a shell, nginx and a few tools, from nothing but this machine's files: the programs, the libraries they need, and the names of users.</summary>
public static class ToolsImage
{
    public const string Name = "stack-test/tools:1";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string[] Tools = ["sh", "cat", "stat", "sleep", "env", "id", "ls", "touch", "curl", "nginx"];

    /// <param name="engine">Runs a command of the container engine.</param>
    public static async Task MakeAsync(Func<string[], Task<string>> engine)
    {
        using TempFolder temp = new();
        var archive = temp.File("image.tar");
        var programs = Tools.ToDictionary(t => t, Find);
        SortedSet<string> files = new(StringComparer.Ordinal) { "/etc/passwd", "/etc/group" };
        foreach (var program in programs.Values)
        {
            var libraries = await new CommandRunner(TimeProvider.System).RunAsync("ldd", [program], Limit, CancellationToken.None);
            files.UnionWith(libraries.Output.Split([' ', '\t', '\n']).Where(word => word.StartsWith('/')));
        }

        await using (TarWriter tar = new(File.Create(archive)))
        {
            foreach (var folder in files.SelectMany(Folders).Concat(["bin", "tmp", "var", "var/log", "var/log/nginx", "var/lib", "var/lib/nginx"]).Distinct().Order(StringComparer.Ordinal))
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, $"{folder}/") { Mode = (UnixFileMode)(folder == "tmp" ? 0b1_111_111_111 : 0b111_101_101) });
            }

            foreach (var file in files)
            {
                await tar.WriteEntryAsync(Real(file), file[1..]);
            }

            foreach (var (name, file) in programs)
            {
                await tar.WriteEntryAsync(Real(file), $"bin/{name}");
            }
        }

        await engine(["import", "--change", "ENV PATH=/bin", archive, Name]);
    }

    private static IEnumerable<string> Folders(string file)
    {
        var parts = file.Trim('/').Split('/');
        return Enumerable.Range(1, parts.Length - 1).Select(n => string.Join('/', parts.Take(n)));
    }

    private static string Find(string tool)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/bin", "/usr/bin", "/usr/sbin"]).Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"These tests need {tool}. Install it.");

    private static string Real(string file) => File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
}
