using System.Text;
using System.Text.Json;
using Aspire.Hosting;

namespace Stack.Hosting.Building;

/// <summary>Reads a project's launch settings and chooses the profile.</summary>
internal static class LaunchProfiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>An explicit name first, then the preferred one if the project has it, then the first that runs a project.</summary>
    /// <exception cref="DistributedApplicationException">The project file or the explicit profile is missing, or the launch settings can't be read.</exception>
    public static (string Name, LaunchProfile Profile)? Choose(string resource, IProjectMetadata project, string? explicitName, string? preferred)
    {
        var settings = project.LaunchSettings ?? Read(resource, project.ProjectPath);
        if (explicitName is not null)
        {
            return settings?.Profiles.TryGetValue(explicitName, out var named) == true
                ? (explicitName, named)
                : throw new DistributedApplicationException($"Resource '{resource}': the project '{project.ProjectPath}' has no launch profile '{explicitName}'. Add it to its Properties/launchSettings.json, or name another.");
        }

        if (settings is null)
        {
            return null;
        }

        if (preferred is not null && settings.Profiles.TryGetValue(preferred, out var profile))
        {
            return (preferred, profile);
        }

        var first = settings.Profiles.FirstOrDefault(p => Runs(p.Value));
        return first.Value is null ? null : (first.Key, first.Value);
    }

    private static bool Runs(LaunchProfile profile) => string.IsNullOrEmpty(profile.CommandName)
        || profile.CommandName.Equals("Project", StringComparison.OrdinalIgnoreCase) || profile.CommandName.Equals("Executable", StringComparison.OrdinalIgnoreCase);

    /// <summary>Splits a line as a shell does: blanks separate, quotes join, a backslash takes the next character as it is.</summary>
    public static IEnumerable<string> SplitArguments(string line)
    {
        var current = new StringBuilder();
        var quote = '\0';
        var any = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && quote != '\'' && i + 1 < line.Length && line[i + 1] is '"' or '\\' or '\'' or ' ')
            {
                current.Append(line[++i]);
                any = true;
            }
            else if (quote == '\0' && c is '"' or '\'' || c == quote)
            {
                quote = quote == '\0' ? c : '\0';
                any = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (any)
                {
                    yield return current.ToString();
                    current.Clear();
                    any = false;
                }
            }
            else
            {
                current.Append(c);
                any = true;
            }
        }

        if (any)
        {
            yield return current.ToString();
        }
    }

    /// <summary>The address that is shown: an absolute launch URL in place of the endpoint's own, a relative one appended to it.</summary>
    public static string ShownUrl(string url, string launchUrl)
    {
        if (launchUrl.Contains("://", StringComparison.Ordinal))
        {
            return launchUrl;
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var own) ? new Uri(own, launchUrl).ToString() : launchUrl;
    }

    private static LaunchSettings? Read(string resource, string projectPath)
    {
        if (!File.Exists(projectPath))
        {
            throw new DistributedApplicationException($"Resource '{resource}': the project file '{projectPath}' does not exist. Build the AppHost again, or correct the path.");
        }

        var file = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(file), Json);
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"Resource '{resource}': the launch settings '{file}' can't be read: {e.Message} Correct the file.", e);
        }
    }
}
