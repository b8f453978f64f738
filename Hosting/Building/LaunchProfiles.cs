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

    /// <summary>An explicit name first, then the AppHost's own profile name if the project has it, then the first that runs a project.</summary>
    public static (string Name, LaunchProfile Profile)? Choose(IDistributedApplicationBuilder builder, string resource, IProjectMetadata project, string? explicitName)
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

        var preferred = builder.Configuration["AppHost:DefaultLaunchProfileName"] ?? builder.Configuration["DOTNET_LAUNCH_PROFILE"] ?? Environment.GetEnvironmentVariable("DOTNET_LAUNCH_PROFILE");
        if (preferred is not null && settings.Profiles.TryGetValue(preferred, out var profile))
        {
            return (preferred, profile);
        }

        var first = settings.Profiles.FirstOrDefault(p => p.Value.CommandName is null or "" or "Project" or "Executable");
        return first.Value is null ? null : (first.Key, first.Value);
    }

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
