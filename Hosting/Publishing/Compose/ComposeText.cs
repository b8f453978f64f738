using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Compose;

/// <summary>Values as Compose reads them: it puts in what <c>.env</c> says, and a dollar sign is doubled.</summary>
internal static class ComposeText
{
    public const string Seed = ".env";

    public static string Literal(string text) => text.Replace("$", "$$", StringComparison.Ordinal);

    public static string Of(PublishedValue value) => value.Render(Literal, Of);

    /// <summary>The value of a parameter: without one the stack is not started. One that has a default may be empty.</summary>
    public static string Of(ParameterResource parameter)
        => $"${{{Seeds.NameOf(parameter)}{(parameter.Default is null or GenerateParameterDefault ? ":" : "")}?is missing in {Seed}}}";

    /// <summary>A setting that may be in <c>.env</c>, and otherwise is this.</summary>
    public static string Setting(string name, string otherwise) => $"${{{name}:-{Literal(otherwise)}}}";

    /// <summary>A name in upper case, as those of settings are.</summary>
    public static string Name(string name) => name.Replace('-', '_').ToUpperInvariant();

    public static YamlMap Environment(IEnumerable<KeyValuePair<string, PublishedValue>> variables)
    {
        YamlMap map = [];
        foreach (var (name, value) in variables)
        {
            map.Add(name, name == "STACK_PROXIES" && value.Text is { } proxies ? Setting(name, proxies) : Of(value));
        }

        return map;
    }
}
