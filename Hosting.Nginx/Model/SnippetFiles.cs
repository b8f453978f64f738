using System.Globalization;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Model;

/// <summary>The user's own lines: each text is a file of its own, so that it can't end the block it stands in and a complaint of nginx leads back to it.</summary>
internal static partial class SnippetFiles
{
    /// <summary>What the paths of all begin with.</summary>
    public const string Prefix = "stack/snippet-";

    /// <summary>Text by path.</summary>
    public static IEnumerable<(string Path, string Text)> All(GatewayOptions options) =>
        options.Snippets.Select((snippet, index) => (Path(snippet.Scope, index), snippet.Text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n"));

    public static IEnumerable<Directive> Include(GatewayOptions options, NginxScope scope) =>
        options.Snippets.Index().Where(snippet => snippet.Item.Scope == scope).Select(snippet => new Directive("include", Path(scope, snippet.Index)));

    /// <summary>What nginx says, with the call in place of the file.</summary>
    public static string InTermsOfCalls(string said) => SnippetPath().Replace(
        said, match => $"call {match.Groups["number"].Value} of WithConfig (NginxScope.{Enum.Parse<NginxScope>(match.Groups["scope"].Value, ignoreCase: true)}), line {match.Groups["line"].Value}");

    private static string Path(NginxScope scope, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{index + 1}-{Enum.GetName(scope)!.ToLowerInvariant()}.conf");

    [GeneratedRegex(@"\S*/stack/snippet-(?<number>[0-9]+)-(?<scope>[a-z]+)\.conf:(?<line>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SnippetPath();
}
