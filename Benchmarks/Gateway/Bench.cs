using System.Text;

namespace Gateway;

/// <summary>What all measurements of a run share: the published site, and places for configurations.</summary>
internal sealed class Bench : Workspace
{
    private const int LargeFile = 230 * 1024;
    private int _folders;

    public Bench(CancellationToken cancellationToken)
        : base("gateway", cancellationToken)
    {
        // Nginx's workers are another user, and look at files in it.
        Run("chmod", "755", Folder);
        Site = Path.Combine(Folder, "site");
    }

    /// <summary>The folder that the site is published to.</summary>
    public string Site { get; }

    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(Folder, $"{++_folders}-{name}")).FullName;

    /// <summary>Makes the large file, which is not worth keeping, and publishes the site with it.</summary>
    public void PublishSite()
    {
        var script = Path.Combine(Repository, "Benchmarks/Gateway.Site/wwwroot/js/large.js");
        Directory.CreateDirectory(Path.GetDirectoryName(script)!);
        var text = new StringBuilder();
        for (var line = 0; text.Length < LargeFile; line++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"export const value{line} = {line * 7919L % 104729}; // line {line} of a script that is as large as a bundled one\n");
        }

        File.WriteAllText(script, text.ToString(0, LargeFile));
        Publish("Benchmarks/Gateway.Site/Gateway.Site.csproj", Site);
    }
}
