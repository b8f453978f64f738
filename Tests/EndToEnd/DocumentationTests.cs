using System.Text.RegularExpressions;

namespace EndToEnd;

/// <summary>What the documentation tells a reader to type is what these tests type.</summary>
public sealed partial class DocumentationTests
{
    // Each is run by a test of this project, but for './stack test', which runs this project.
    private static readonly string[] Tested =
    [
        "./stack up", "./stack up --detach", "./stack status", "./stack logs site-8001", "./stack dashboard", "./stack down", "./stack test", "dotnet run --project AppHost",
    ];

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/getting-started.md")]
    public void Every_command_of_a_page_is_run_by_a_test(string page)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, page));

        var commands = BashBlocks().Matches(text).SelectMany(m => m.Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();

        commands.ShouldNotBeEmpty();
        commands.Except(Tested).ShouldBeEmpty();
    }

    [Fact]
    public void Every_link_between_the_pages_leads_somewhere()
    {
        List<string> broken = [];
        foreach (var page in Directory.GetFiles(Repository.Root, "*.md", SearchOption.AllDirectories).Where(p => !p.Contains("/bin/", StringComparison.Ordinal) && !p.Contains("/obj/", StringComparison.Ordinal) && !p.Contains("/.", StringComparison.Ordinal)))
        {
            broken.AddRange(Links().Matches(File.ReadAllText(page))
                .Select(m => m.Groups["target"].Value.Split('#')[0])
                .Where(t => t.Length > 0 && !t.Contains("://", StringComparison.Ordinal))
                .Where(t => !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, t)))
                .Select(t => $"{Path.GetRelativePath(Repository.Root, page)}: {t}"));
        }

        broken.ShouldBeEmpty();
    }

    [Fact]
    public void The_AppHost_in_the_README_is_the_one_that_runs()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var program = Comments().Replace(File.ReadAllText(Path.Combine(Repository.Root, "AppHost", "Program.cs")), "");

        readme.ShouldContain(program.Trim());
    }

    [GeneratedRegex("```bash\n(?<lines>[^`]*)```", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BashBlocks();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();

    [GeneratedRegex(@"[ ]+//[^\n]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comments();
}
