using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Stack.Hosting.Nginx.Tests;

/// <summary>What dotnet publish makes of a site's static files, in small.</summary>
internal static class PublishedSite
{
    public static string Write(TempFolder temp, string name, params (string File, string Content)[] files)
    {
        foreach (var (file, content) in files)
        {
            temp.Write(Path.Combine(name, "wwwroot", file), content);
        }

        temp.Write(Path.Combine(name, "Site.staticwebassets.endpoints.json"), JsonSerializer.Serialize(new
        {
            Version = 1,
            ManifestType = "Publish",
            Endpoints = files.Select(file => new
            {
                Route = Url(file.File, file.Content)[1..],
                AssetFile = file.File,
                Selectors = Array.Empty<object>(),
                EndpointProperties = new[] { new { Name = "fingerprint", Value = Fingerprint(file.Content) } },
            }),
        }));
        return Path.Combine(temp.Path, name);
    }

    /// <summary>The address with the fingerprint.</summary>
    public static string Url(string file, string content) => $"/{Path.ChangeExtension(file, null)}.{Fingerprint(content)}{Path.GetExtension(file)}";

    private static string Fingerprint(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..10];
}
