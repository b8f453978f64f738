using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aspire.Hosting;

namespace Stack.Hosting.Publishing.Output;

/// <summary>What an output folder holds of ours: the target, and the hash of each generated file as it was written.</summary>
internal sealed record OutputMarker(string Target, IReadOnlyDictionary<string, string> Files)
{
    public const string FileName = ".stack-publish.json";

    private const int Format = 1;
    private static readonly JsonWriterOptions Json = new() { Indented = true, NewLine = "\n" };

    /// <returns>Null: the folder has none.</returns>
    /// <exception cref="DistributedApplicationException">It can't be read.</exception>
    public static OutputMarker? Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return new OutputMarker(
                json.RootElement.GetProperty("target").GetString()!,
                json.RootElement.GetProperty("files").EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetString()!, StringComparer.Ordinal));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new DistributedApplicationException($"'{path}', which tells what is generated in that folder, can't be read: {e.Message} Publish into another folder, or remove that file and give --force.", e);
        }
    }

    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public byte[] ToBytes()
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Json))
        {
            writer.WriteStartObject();
            writer.WriteString("target", Target);
            writer.WriteNumber("format", Format);
            writer.WriteStartObject("files");
            foreach (var (path, hash) in Files.OrderBy(f => f.Key, StringComparer.Ordinal))
            {
                writer.WriteString(path, hash);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        text.Write(Encoding.ASCII.GetBytes("\n"));
        return text.ToArray();
    }
}
