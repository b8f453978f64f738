using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Testing.Kubernetes;

/// <summary>Reads objects as Kubernetes does: what has no quotes and looks like a number or a truth value is one.</summary>
public static class KubernetesYaml
{
    public static IReadOnlyList<JsonObject> Read(string text)
    {
        var deserializer = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        Parser parser = new(new StringReader(text));
        parser.Consume<StreamStart>();
        List<JsonObject> objects = [];
        while (!parser.Accept<StreamEnd>(out _))
        {
            if (Node(deserializer.Deserialize<object?>(parser)) is JsonObject found)
            {
                objects.Add(found);
            }
        }

        return objects;
    }

    /// <summary>The objects of a published folder, without kustomize: those that it lists, and those that it generates, under the names that others call them.</summary>
    /// <param name="files">Texts of the folder's files, by path.</param>
    /// <param name="parameters">Names of the parameters in the user's file.</param>
    public static IReadOnlyList<JsonObject> Folder(IReadOnlyDictionary<string, string> files, IEnumerable<string> parameters)
    {
        var kustomization = Read(files["kustomization.yaml"]).Single();
        List<JsonObject> objects = [.. kustomization["resources"]!.AsArray().SelectMany(path => Read(files[$"{path}"]))];
        objects.AddRange(List(kustomization["configMapGenerator"]).Select(map => Generated(map, "ConfigMap", List(map["files"]).Select(f => $"{f}".Split('=')).ToDictionary(f => f[0], f => files[f[1]]))));
        objects.AddRange(List(kustomization["secretGenerator"]).Select(secret => Generated(secret, "Secret", parameters.ToDictionary(p => p, _ => ""))));
        return objects;
    }

    public static IEnumerable<JsonNode> List(JsonNode? node) => (node as JsonArray ?? []).Select(item => item!);

    private static JsonObject Generated(JsonNode generator, string kind, Dictionary<string, string> data) => new()
    {
        ["apiVersion"] = "v1", ["kind"] = kind, ["metadata"] = new JsonObject { ["name"] = $"{generator["name"]}" }, ["data"] = JsonSerializer.SerializeToNode(data),
    };

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        IDictionary<object, object?> map => new JsonObject(map.Select(e => KeyValuePair.Create($"{e.Key}", Node(e.Value)))),
        IEnumerable<object?> list => new JsonArray([.. list.Select(Node)]),
        _ => JsonSerializer.SerializeToNode(value, value.GetType()),
    };
}
