namespace Stack.Dashboard.Tests.Web;

public sealed class StyleSheetTests
{
    /// <summary>A brace too few hides all rules after it from wide windows, and no browser says so.</summary>
    [Fact]
    public async Task Each_section_of_the_style_sheet_begins_outside_of_every_block()
    {
        var depth = 0;
        foreach (var (index, line) in (await File.ReadAllLinesAsync(Source())).Index())
        {
            if (line.StartsWith("/*", StringComparison.Ordinal))
            {
                depth.ShouldBe(0, $"at line {index + 1}: {line}");
            }

            depth += line.Count(c => c == '{') - line.Count(c => c == '}');
        }

        depth.ShouldBe(0);
    }

    // What is served has no lines.
    private static string Source([System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../Dashboard/wwwroot/css/stack.css");
}
