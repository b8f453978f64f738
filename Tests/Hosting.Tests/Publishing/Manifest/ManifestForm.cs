using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Hosting.Tests.Publishing.Manifest;

/// <summary>What readers of the manifest expect of its form: which fields each type of resource has to have and may have, and what is in them.</summary>
internal static partial class ManifestForm
{
    private static readonly Dictionary<string, Func<JsonNode?, string?>> Executed = new(StringComparer.Ordinal)
    {
        ["args"] = ArrayOf(Text),
        ["env"] = MapOf(Text),
        ["bindings"] = MapOf(Object(
            new(StringComparer.Ordinal)
            {
                ["scheme"] = Text,
                ["protocol"] = OneOf("tcp", "udp"),
                ["transport"] = OneOf("http", "http2", "tcp"),
                ["port"] = Number,
                ["targetPort"] = Number,
                ["external"] = Flag,
            },
            "scheme", "protocol", "transport")),
        ["containerFiles"] = MapOf(Object(new(StringComparer.Ordinal) { ["destination"] = Text, ["sources"] = ArrayOf(Text) }, "destination")),
    };

    private static readonly Dictionary<string, Func<JsonNode?, string?>> Contained = With(Executed, new(StringComparer.Ordinal)
    {
        ["entrypoint"] = Text,
        ["connectionString"] = Text,
        ["bindMounts"] = ArrayOf(Object(new(StringComparer.Ordinal) { ["source"] = Text, ["target"] = Text, ["readOnly"] = Flag }, "source", "target", "readOnly")),
        ["volumes"] = ArrayOf(Object(new(StringComparer.Ordinal) { ["name"] = Text, ["target"] = Text, ["readOnly"] = Flag }, "name", "target", "readOnly")),
    });

    private static readonly Func<JsonNode?, string?> Build = Object(
        new(StringComparer.Ordinal)
        {
            ["context"] = Text,
            ["dockerfile"] = Text,
            ["stage"] = Text,
            ["buildOnly"] = Flag,
            ["args"] = MapOf(Text),
            ["secrets"] = MapOf(Object(new(StringComparer.Ordinal) { ["type"] = OneOf("env", "file"), ["value"] = Text, ["source"] = Text }, "type")),
        },
        "context", "dockerfile");

    private static readonly Func<JsonNode?, string?> Generated = Object(
        new(StringComparer.Ordinal)
        {
            ["minLength"] = Number,
            ["lower"] = Flag,
            ["upper"] = Flag,
            ["numeric"] = Flag,
            ["special"] = Flag,
            ["minLower"] = Number,
            ["minUpper"] = Number,
            ["minNumeric"] = Number,
            ["minSpecial"] = Number,
        },
        "minLength");

    private static readonly Func<JsonNode?, string?> Deployment = Object(
        new(StringComparer.Ordinal) { ["type"] = OneOf("azure.bicep.v0", "azure.bicep.v1"), ["path"] = Text, ["params"] = MapOf(_ => null), ["connectionString"] = Text, ["scope"] = MapOf(_ => null) },
        "path");

    private static readonly Dictionary<string, Func<JsonNode?, string?>> Types = new(StringComparer.Ordinal)
    {
        ["project.v0"] = Object(With(Executed, new(StringComparer.Ordinal) { ["type"] = Text, ["path"] = Text }), "path"),
        ["project.v1"] = Object(With(Executed, new(StringComparer.Ordinal) { ["type"] = Text, ["path"] = Text, ["deployment"] = Deployment }), "path"),
        ["executable.v0"] = Object(With(Executed, new(StringComparer.Ordinal) { ["type"] = Text, ["workingDirectory"] = Text, ["command"] = Text }), "workingDirectory", "command"),
        ["container.v0"] = Object(With(Contained, new(StringComparer.Ordinal) { ["type"] = Text, ["image"] = Text }), "image"),
        ["container.v1"] = v => Object(With(Contained, new(StringComparer.Ordinal) { ["type"] = Text, ["image"] = Text, ["build"] = Build, ["deployment"] = Deployment }))(v)
            ?? (v!["image"] is null == v["build"] is null ? "has to have one of image and build" : null),
        ["parameter.v0"] = Object(
            new(StringComparer.Ordinal)
            {
                ["type"] = Text,
                ["connectionString"] = Text,
                ["value"] = Text,
                ["inputs"] = MapOf(Object(new(StringComparer.Ordinal) { ["type"] = OneOf("string"), ["secret"] = Flag, ["default"] = Default }, "type")),
            },
            "value", "inputs"),
        ["value.v0"] = Object(new(StringComparer.Ordinal) { ["type"] = Text, ["connectionString"] = Text }, "connectionString"),
        ["annotated.string"] = Object(new(StringComparer.Ordinal) { ["type"] = Text, ["value"] = Text, ["filter"] = OneOf("uri") }, "value", "filter"),
    };

    /// <summary>What is wrong, one line for each; what is said of a resource of a type of its own is its own business.</summary>
    public static IReadOnlyList<string> FaultsOf(JsonObject manifest)
    {
        List<string> faults = [];
        if (manifest.Fields() is not ["resources"])
        {
            faults.Add($"The manifest has the fields {string.Join(", ", manifest.Fields())}.");
        }

        foreach (var (name, value) in manifest["resources"]!.AsObject())
        {
            var type = value!["type"]?.GetValue<string>();
            if (type is null)
            {
                faults.Add($"{name} has no type.");
            }
            else if (Types.TryGetValue(type, out var check) && check(value) is { } fault)
            {
                faults.Add($"{name} {fault}");
            }
        }

        faults.AddRange(Unresolved(manifest["resources"]!.AsObject()));
        return faults;
    }

    // Every placeholder leads to something that the manifest has.
    private static IEnumerable<string> Unresolved(JsonObject resources)
        => from text in TextsIn(resources)
           from Match placeholder in Placeholders().Matches(text)
           let path = placeholder.Groups["path"].Value
           where !Resolves(resources, path.Split('.'))
           select $"{{{path}}} in \"{text}\" leads nowhere";

    private static bool Resolves(JsonObject resources, string[] path) => path switch
    {
        [var resource, "bindings", var binding, "url" or "host" or "port" or "scheme" or "targetPort" or "tlsEnabled"] => resources[resource]?["bindings"]?[binding] is not null,
        [var resource, .. var fields] => fields.Aggregate(resources[resource], (node, field) => node?[field]) is not null,
        _ => false,
    };

    private static IEnumerable<string> TextsIn(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(p => TextsIn(p.Value)),
        JsonArray array => array.SelectMany(TextsIn),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [value.GetValue<string>()],
        _ => [],
    };

    private static string? Default(JsonNode? value)
        => Object(new(StringComparer.Ordinal) { ["value"] = Text, ["generate"] = Generated })(value)
            ?? (((JsonObject)value!).Count == 1 ? null : "has to have one of value and generate");

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? null : "is no string";

    private static string? Number(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Number ? null : "is no number";

    private static string? Flag(JsonNode? value) => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? null : "is neither true nor false";

    private static Func<JsonNode?, string?> OneOf(params string[] texts)
        => value => Text(value) ?? (texts.Contains(value!.GetValue<string>(), StringComparer.Ordinal) ? null : $"is '{value}' and not one of {string.Join(", ", texts)}");

    private static Func<JsonNode?, string?> ArrayOf(Func<JsonNode?, string?> item)
        => value => value is JsonArray array ? array.Select((v, i) => item(v) is { } fault ? $"[{i}] {fault}" : null).FirstOrDefault(f => f is not null) : "is no array";

    private static Func<JsonNode?, string?> MapOf(Func<JsonNode?, string?> item)
        => value => value is JsonObject map ? map.Select(p => item(p.Value) is { } fault ? $"{p.Key} {fault}" : null).FirstOrDefault(f => f is not null) : "is no object";

    private static Func<JsonNode?, string?> Object(Dictionary<string, Func<JsonNode?, string?>> fields, params string[] required)
        => value => value is not JsonObject map ? "is no object"
            : map.FirstOrDefault(p => !fields.ContainsKey(p.Key)).Key is { } unknown ? $"has the field {unknown}, which is not known"
            : required.FirstOrDefault(f => !map.ContainsKey(f)) is { } missing ? $"has no {missing}"
            : map.Select(p => fields[p.Key](p.Value) is { } fault ? $"{p.Key} {fault}" : null).FirstOrDefault(f => f is not null);

    private static Dictionary<string, Func<JsonNode?, string?>> With(Dictionary<string, Func<JsonNode?, string?>> fields, Dictionary<string, Func<JsonNode?, string?>> more)
        => fields.Concat(more).ToDictionary(StringComparer.Ordinal);

    [GeneratedRegex(@"\{(?<path>[A-Za-z][\w.-]*)\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Placeholders();
}
