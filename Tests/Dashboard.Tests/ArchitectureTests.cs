using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Stack.Dashboard.Tests;

/// <summary>Holds the folders of the dashboard to the table in its README: which may use which.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Dashboard = Path.GetFullPath(Path.Combine(Here(), "..", "..", "Dashboard"));

    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Settings"] = ["Storage"],
        ["Storage"] = ["Settings"],
        ["Ingest"] = ["Storage", "Settings"],
        ["Queries"] = ["Storage"],
        ["Web"] = ["Queries", "Storage", "Ingest", "Settings"],
    };

    [Fact]
    public void The_table_in_the_readme_says_the_same()
    {
        var rows = TableRows().Matches(File.ReadAllText(Path.Combine(Dashboard, "README.md")))
            .ToDictionary(row => row.Groups["folder"].Value, row => FolderNames().Matches(row.Groups["uses"].Value).Select(name => name.Groups["folder"].Value).Order().ToArray());

        rows.Keys.ShouldBe(MayUse.Keys, ignoreOrder: true);
        foreach (var (folder, uses) in MayUse)
        {
            rows[folder].ShouldBe(uses.Order());
        }
    }

    [Fact]
    public void Every_folder_of_code_is_in_the_table()
    {
        Directory.GetDirectories(Dashboard).Where(folder => Sources(folder).Any()).Select(folder => Path.GetFileName(folder)).Except(["bin", "obj", "Build"])
            .ShouldBe(MayUse.Keys, ignoreOrder: true);
        Directory.GetFiles(Dashboard, "*.cs").Select(Path.GetFileName).ShouldBe(["DashboardHost.cs", "Program.cs"], ignoreOrder: true);
    }

    [Fact]
    public void No_folder_uses_what_it_may_not()
    {
        var wrong =
            from folder in MayUse.Keys
            from file in Sources(Path.Combine(Dashboard, folder))
            from Match use in Uses().Matches(File.ReadAllText(file))
            let used = use.Groups["folder"].Value
            where used != folder && MayUse.ContainsKey(used) && !MayUse[folder].Contains(used)
            select $"{Path.GetRelativePath(Dashboard, file)} uses {used}";

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Queries_know_neither_http_nor_razor()
    {
        Sources(Path.Combine(Dashboard, "Queries")).Where(file => Http().IsMatch(File.ReadAllText(file))).Select(Path.GetFileName).ShouldBeEmpty();
    }

    private static IEnumerable<string> Sources(string folder) =>
        new[] { "*.cs", "*.razor" }.SelectMany(pattern => Directory.GetFiles(folder, pattern, SearchOption.AllDirectories));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    // The messages of otlp.proto are how histograms stand in the files: they are nobody's.
    [GeneratedRegex(@"Stack\.Dashboard\.(?!Ingest\.Otlp)(?<folder>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Uses();

    [GeneratedRegex(@"\bHttpContext\b|\bHttpRequest\b|\bIResult\b|Microsoft\.AspNetCore\.(Http|Components)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Http();

    [GeneratedRegex(@"^\| `(?<folder>\w+)/` \| (?<uses>[^|]*) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TableRows();

    [GeneratedRegex("`(?<folder>\\w+)/`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FolderNames();
}
