using System.Text;
using Stack.Hosting.Nginx.AccessLog;

namespace Stack.Hosting.Nginx.Tests.AccessLog;

/// <summary>Lines as Nginx writes them.</summary>
internal static class Lines
{
    public const string Id = "e909b39073930499790af0cb003901f2";

    /// <summary>One request, with some fields that are different; null leaves one out.</summary>
    public static string Text(params (string Name, string? Value)[] changes) => Text(Fields(changes));

    /// <summary>The same with its fields the other way round.</summary>
    public static string Reversed(params (string Name, string? Value)[] changes) => Text(Fields(changes).Reverse());

    private static string Text(IEnumerable<KeyValuePair<string, string?>> fields) =>
        $"{{{string.Join(',', fields.Where(field => field.Value is not null).Select(field => $"\"{field.Key}\":\"{field.Value}\""))}}}";

    private static Dictionary<string, string?> Fields((string Name, string? Value)[] changes)
    {
        Dictionary<string, string?> fields = new()
        {
            ["ts"] = "1795866748.167", ["time"] = "0.004", ["method"] = "GET", ["uri"] = "/orders?page=2", ["protocol"] = "HTTP/1.1", ["scheme"] = "http",
            ["status"] = "200", ["in"] = "120", ["out"] = "4500", ["client"] = "203.0.113.7", ["host"] = "shop.example", ["upstream"] = "127.0.0.1:8001",
            ["upstream_status"] = "200", ["connect"] = "0.000", ["header"] = "0.003", ["response"] = "0.004", ["traceparent"] = $"00-{Id}-{Id[..16]}-01",
            ["id"] = Id, ["request_id"] = "order-4711", ["agent"] = "curl/8", ["referer"] = "",
        };
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        return fields;
    }

    public static AccessLine? Parse(params (string Name, string? Value)[] changes) => Parse(Text(changes));

    public static AccessLine? Parse(string text) => new AccessLineParser().Parse(Encoding.UTF8.GetBytes(text));
}
