using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Stack.Dashboard.Tests.Web;

/// <summary>Style and scripts: how much they weigh, and that all of it is used.</summary>
public sealed partial class AssetTests
{
    /// <summary>Bytes of all pages together, unpacked. What grows beyond it needs a reason, or something else has to go.</summary>
    private const int Budget = 108_500;

    private static readonly string[] Pages = ["/", "/resources", "/structuredlogs", "/traces", "/metrics", "/settings"];

    [Fact]
    public async Task Style_and_scripts_of_all_pages_stay_within_their_budget()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        var sizes = new Dictionary<string, int>();
        foreach (var (name, _) in Sources())
        {
            sizes[name] = (await dashboard.Browser.GetByteArrayAsync("/" + name)).Length;
        }

        sizes.Values.Sum().ShouldBeLessThan(Budget, string.Join(", ", sizes));
    }

    [Fact]
    public async Task Each_script_and_style_sheet_belongs_to_a_page_or_to_another_script()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        var used = new HashSet<string> { "js/console.js" }; // its page needs an AppHost
        foreach (var path in Pages)
        {
            var page = await dashboard.OpenAsync(path);
            used.UnionWith(page.QuerySelectorAll("script[src]").Select(s => s.GetAttribute("src")![1..]));
            used.UnionWith(page.QuerySelectorAll("link[rel=stylesheet]").Select(s => s.GetAttribute("href")![1..]));
        }

        foreach (var (_, source) in Sources())
        {
            used.UnionWith(Imports().Matches(source).Select(import => "js/" + import.Groups[1].Value));
        }

        Sources().Select(file => file.Name).Except(used).ShouldBe(["js/resources.js"], "its page needs an AppHost too");
    }

    /// <summary>Every class and id that a rule names is written by a page or a script.</summary>
    [Fact]
    public void No_rule_of_the_style_sheet_is_about_something_that_is_not_there()
    {
        var code = string.Concat(Directory.EnumerateFiles(Root(), "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".razor" or ".cs" or ".js" && !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Select(File.ReadAllText));
        var words = Words().Matches(code).Select(word => word.Value).ToHashSet(StringComparer.Ordinal);
        var style = Texts().Replace(Comments().Replace(Sources().Single(file => file.Name == "css/stack.css").Text, ""), "");

        var unknown = Preludes().Matches(style).SelectMany(rule => Names().Matches(rule.Value)).Select(name => name.Groups[1].Value).Distinct()
            .Where(name => !words.Contains(name) && !Colours().IsMatch(name));

        unknown.ShouldBeEmpty();
    }

    private static IEnumerable<(string Name, string Text)> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Root(), "wwwroot"), "*.*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".css" or ".js")
            .Order(StringComparer.Ordinal).Select(file => (Path.GetRelativePath(Path.Combine(Root(), "wwwroot"), file), File.ReadAllText(file)));

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../Dashboard"));

    [GeneratedRegex(@"/\*[\s\S]*?\*/")]
    private static partial Regex Comments();

    [GeneratedRegex(@"'[^'\n]*'|""[^""\n]*""|`[^`]*`")]
    private static partial Regex Texts();

    [GeneratedRegex(@"from '\./([a-z]+\.js)'")]
    private static partial Regex Imports();

    [GeneratedRegex(@"[\w-]+")]
    private static partial Regex Words();

    [GeneratedRegex(@"[^{};]+(?=\{)")]
    private static partial Regex Preludes();

    [GeneratedRegex(@"[.#]([a-zA-Z][\w-]*)")]
    private static partial Regex Names();

    /// <summary>Console colours are put together: AnsiPalette.</summary>
    [GeneratedRegex(@"^[fb]\d+$")]
    private static partial Regex Colours();
}
