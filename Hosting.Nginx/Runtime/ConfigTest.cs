using System.Text.RegularExpressions;
using Aspire.Hosting;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Has nginx itself check a version of the configuration before it is used.</summary>
internal sealed partial class ConfigTest(ICommandRunner commands)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <param name="name">Name of the resource.</param>
    /// <param name="command">How nginx is run to its end.</param>
    /// <param name="version">Folder of the version to check.</param>
    /// <param name="source">Folder that the hand-written files came from; null: from the copy in this assembly.</param>
    /// <param name="consequence">What follows when nginx does not accept it, in words.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="DistributedApplicationException">nginx does not accept it; holds what it says, with the paths of the files that the user edits.</exception>
    public async Task RunAsync(string name, NginxCommand command, string version, string? source, string consequence, CancellationToken cancellationToken)
    {
        var arguments = command.With("-t", "-q", "-c", $"{version}/{NginxNames.RootFile}", "-e", "stderr", "-g", NginxNames.GlobalDirectives);
        var result = await commands.RunAsync(command.FileName, arguments, Limit, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            throw new DistributedApplicationException(
                $"nginx does not accept the configuration of '{name}', so {consequence}; " +
                $"what was checked is in '{version}'.{Environment.NewLine}{SnippetFiles.InTermsOfCalls(InTermsOfSource(Complaint(result), version, source))}");
        }
    }

    /// <summary>What nginx says line by line, without time and process id, and without the last line, which only says that it said something.</summary>
    private static string Complaint(CommandResult result)
    {
        var lines = result.Error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.EndsWith(" test failed", StringComparison.Ordinal))
            .Select(line => LogPrefix().Replace(line, "${level} "))
            .ToList();
        return lines.Count > 0 ? string.Join(Environment.NewLine, lines) : result.Said;
    }

    /// <summary>Names the file that the user has to edit, not its copy.</summary>
    private static string InTermsOfSource(string said, string version, string? source) =>
        source is null ? said : VersionPath(version).Replace(said, match =>
            File.Exists(Path.Combine(source, match.Groups["file"].Value)) && !IsGenerated(match.Groups["file"].Value) ? $"{source.TrimEnd('/')}/{match.Groups["file"].Value}" : match.Value);

    private static bool IsGenerated(string file) => file.StartsWith("stack/", StringComparison.Ordinal) && !Ejection.IsOwnable(file);

    private static Regex VersionPath(string version) => new($"{Regex.Escape(version)}/(?<file>[^:\\s]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    [GeneratedRegex(@"^[0-9/]+ [0-9:]+ (?<level>\[[a-z]+\]) [0-9]+#[0-9]+: ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LogPrefix();
}
