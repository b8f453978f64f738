using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Hosting.Tests;

/// <summary>Holds the folders of Hosting to the picture in its README: which may use which.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Hosting = Path.GetFullPath(Path.Combine(Here(), "..", "..", "Hosting"));

    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["ApplicationModel"] = [],
        ["Allocation"] = ["ApplicationModel"],
        ["Observation"] = ["ApplicationModel"],
        ["Supervision"] = ["ApplicationModel", "Allocation", "Observation"],
        ["Control"] = ["Observation"],
        ["Orchestration"] = ["ApplicationModel", "Allocation", "Observation", "Supervision", "Control"],
        ["Publishing"] = ["ApplicationModel", "Allocation"],
        ["Building"] = ["ApplicationModel", "Allocation", "Observation", "Supervision", "Control", "Orchestration", "Publishing"],
    };

    [Fact]
    public void Every_folder_has_its_place_in_the_picture()
    {
        var folders = Directory.GetDirectories(Hosting).Select(d => Path.GetFileName(d)).Except(["bin", "obj", "build"]);

        folders.ShouldBe(MayUse.Keys, ignoreOrder: true);
        Directory.GetFiles(Hosting, "*.cs").ShouldBeEmpty("loose files beside the folders");
    }

    [Fact]
    public void No_folder_uses_what_it_may_not()
    {
        List<string> wrong = [];
        foreach (var (folder, allowed) in MayUse)
        {
            foreach (var file in Directory.GetFiles(Path.Combine(Hosting, folder), "*.cs", SearchOption.AllDirectories))
            {
                wrong.AddRange(Usings().Matches(File.ReadAllText(file))
                    .Select(m => m.Groups["folder"].Value)
                    .Where(used => used != folder && !allowed.Contains(used))
                    .Select(used => $"{Path.GetRelativePath(Hosting, file)} uses {used}"));
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Only_supervision_starts_processes()
    {
        var starters = Directory.GetFiles(Hosting, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal) && !f.Contains("/Supervision/", StringComparison.Ordinal))
            .Where(f => File.ReadAllText(f) is var text && (text.Contains("Process.Start(", StringComparison.Ordinal) || text.Contains("posix_spawn", StringComparison.Ordinal)));

        starters.ShouldBeEmpty();
    }

    [Fact]
    public void Every_message_of_the_log_has_an_id_of_its_own()
    {
        var root = Path.GetFullPath(Path.Combine(Hosting, ".."));
        var twice = new[] { "Hosting", "Hosting.Nginx", "Hosting.Testing", "ServiceDefaults", "Dashboard" }
            .SelectMany(project => Directory.GetFiles(Path.Combine(root, project), "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(f => MessageIds().Matches(File.ReadAllText(f)).Select(m => (Id: m.Groups["id"].Value, File: Path.GetRelativePath(root, f))))
            .GroupBy(m => m.Id)
            .Where(g => g.Count() > 1)
            .Select(g => $"{g.Key}: {string.Join(", ", g.Select(m => m.File))}");

        twice.ShouldBeEmpty();
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"LoggerMessage\((EventId = )?(?<id>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MessageIds();

    [GeneratedRegex(@"^using (static )?Stack\.Hosting\.(?<folder>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Usings();
}
