using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Kubernetes;

/// <summary>Variables as Kubernetes reads them: <c>$(NAME)</c> stands for a variable before, and a secret comes in as one.</summary>
internal static class KubernetesText
{
    public const string Secret = "stack-secrets";
    public const string Seed = "secrets.env";

    // Beside the program's own variables, whatever their names are.
    private const string Prefix = "STACK_SECRET_";

    public static string Literal(string text) => text.Replace("$(", "$$(", StringComparison.Ordinal);

    public static string Of(PublishedValue value) => value.Render(Literal, p => $"$({Prefix}{Seeds.NameOf(p)})");

    /// <summary>The variables of a container, those first that others are made of.</summary>
    /// <param name="variables">Its variables, by name.</param>
    /// <param name="arguments">Its arguments, in which there may be parameters too.</param>
    public static IReadOnlyList<YamlMap> Environment(IEnumerable<KeyValuePair<string, PublishedValue>> variables, IEnumerable<PublishedValue> arguments)
    {
        List<KeyValuePair<string, PublishedValue>> all = [.. variables];
        var parts = all.Select(v => v.Value).Where(v => Whole(v) is null).Concat(arguments).SelectMany(v => v.Parameters).DistinctBy(Seeds.NameOf, StringComparer.Ordinal).OrderBy(Seeds.NameOf, StringComparer.Ordinal);
        return [.. parts.Select(p => FromSecret($"{Prefix}{Seeds.NameOf(p)}", p)), .. all.Select(v => Whole(v.Value) is { } parameter ? FromSecret(v.Key, parameter) : Variable(v.Key, Of(v.Value)))];
    }

    public static YamlMap Variable(string name, string value) => new() { { "name", name }, { "value", value } };

    public static YamlMap FromSecret(string name, ParameterResource parameter) => new()
    {
        { "name", name },
        { "valueFrom", new YamlMap { { "secretKeyRef", new YamlMap { { "name", Secret }, { "key", Seeds.NameOf(parameter) } } } } },
    };

    private static ParameterResource? Whole(PublishedValue value) => value.Parts is [{ Parameter: { } parameter }] ? parameter : null;
}
