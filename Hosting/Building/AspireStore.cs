using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Building;

/// <summary>Keeps files below the AppHost's folder for intermediate output, named by their contents.</summary>
internal sealed class AspireStore(string folder) : IAspireStore
{
    public const string PathKey = "Aspire:Store:Path";

    // Enough to tell the versions of one file apart, and short enough for a name.
    private const int HashLength = 12;

    public string BasePath { get; } = Path.Combine(Path.GetFullPath(folder), ".aspire");

    public string GetFileNameWithContent(string filenameTemplate, Stream contentStream)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(filenameTemplate);
        ArgumentNullException.ThrowIfNull(contentStream);
        Directory.CreateDirectory(BasePath);
        var draft = Path.Combine(BasePath, $".{Guid.NewGuid():N}.tmp");
        try
        {
            string hash;
            using (var file = new FileStream(draft, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                contentStream.CopyTo(file);
                file.Position = 0;
                hash = Convert.ToHexStringLower(SHA256.HashData(file))[..HashLength];
            }

            var name = Path.GetFileName(filenameTemplate);
            var final = Path.Combine(BasePath, $"{Path.GetFileNameWithoutExtension(name)}.{hash}{Path.GetExtension(name)}");
            if (!File.Exists(final))
            {
                File.Move(draft, final, overwrite: true);
            }

            return final;
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
