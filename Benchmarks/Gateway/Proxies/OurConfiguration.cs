using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.Proxies;

/// <summary>The configuration that Stack wrote for this site, as files: what it says, and copies of it with a change.</summary>
/// <param name="Folder">Where Stack keeps all of Nginx's files.</param>
internal sealed partial record OurConfiguration(string Folder)
{
    private string Current => Path.Combine(Folder, "current");

    /// <summary>Everything that Nginx reads, in one text.</summary>
    public string Text { get; } = string.Join('\n', Directory.EnumerateFiles(Path.Combine(Folder, "current") + "/", "*.conf", SearchOption.AllDirectories).Select(File.ReadAllText));

    public int Workers => int.Parse(WorkerProcesses().Match(Text).Groups["number"].Value, CultureInfo.InvariantCulture);

    public bool HasLog => AccessLog().IsMatch(Text);

    /// <summary>The site's span belongs to one of Nginx's.</summary>
    public bool SendsTrace => Traceparent().IsMatch(Text);

    /// <summary>Copies it, moved to another folder and port, with some text replaced.</summary>
    /// <returns>The configuration file of the copy.</returns>
    public string Copy(string folder, int ourPort, int port, IEnumerable<Edit> edits)
    {
        var changes = edits.ToList();
        List<Edit> missing = [.. changes];
        foreach (var source in Directory.EnumerateFiles(Current + "/", "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, "current", Path.GetRelativePath(Current, source));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var text = AdminSocket().Replace(File.ReadAllText(source), $"unix:{folder}/admin.sock")
                .Replace(Folder, folder, StringComparison.Ordinal)
                .Replace($":{ourPort} ", $":{port} ", StringComparison.Ordinal);
            foreach (var edit in changes.Where(e => e.Pattern.IsMatch(text)))
            {
                text = edit.Pattern.Replace(text, edit.Replacement);
                missing.Remove(edit);
            }

            File.WriteAllText(target, text);
        }

        foreach (var place in (string[])["tmp/body", "flags"])
        {
            Directory.CreateDirectory(Path.Combine(folder, place));
        }

        return missing.Count == 0
            ? Path.Combine(folder, "current/nginx.conf")
            : throw new BenchmarkException($"Stack's configuration has nothing that looks like '{missing[0].Pattern}', so it can't be changed there.");
    }

    [GeneratedRegex(@"^\s*worker_processes (?<number>\d+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WorkerProcesses();

    [GeneratedRegex(@"^\s*access_log (?!off)", RegexOptions.Multiline, 1000)]
    private static partial Regex AccessLog();

    [GeneratedRegex(@"^\s*proxy_set_header traceparent (?!"""")", RegexOptions.Multiline, 1000)]
    private static partial Regex Traceparent();

    [GeneratedRegex(@"unix:[^ ;]+\.sock", RegexOptions.None, 1000)]
    private static partial Regex AdminSocket();
}

/// <summary>A change of a text.</summary>
internal sealed record Edit(Regex Pattern, string Replacement)
{
    public Edit(string pattern, string replacement)
        : this(new Regex(pattern, RegexOptions.Multiline, TimeSpan.FromSeconds(1)), replacement)
    {
    }
}
