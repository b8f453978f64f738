using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using Microsoft.Extensions.Hosting;

namespace Stack.Hosting.Building;

/// <summary>Puts further files among the sources of the AppHost's configuration, below what the user gives for this start.</summary>
internal static class ConfigurationSources
{
    /// <summary>Reads the user secrets below environment variables. .NET does it by itself in Development only, and not for an id from configuration.</summary>
    public static void AddUserSecrets(ConfigurationManager configuration, IUserSecretsManager secrets)
    {
        if (secrets.IsAvailable && File.Exists(secrets.FilePath))
        {
            InsertBefore(configuration, s => s is EnvironmentVariablesConfigurationSource { Prefix: null or "" }, secrets.FilePath);
        }
    }

    /// <summary>Reads what an earlier deployment to this environment saved, below the command line, unless it is not wanted.</summary>
    public static void AddDeploymentState(ConfigurationManager configuration, IHostEnvironment environment)
    {
        if (configuration.GetValue("Pipeline:ClearCache", false))
        {
            return;
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var file = Path.Combine(home, ".aspire", "deployments", configuration["AppHost:PathSha256"]!, $"{environment.EnvironmentName.ToLowerInvariant()}.json");
        if (home.Length > 0 && File.Exists(file))
        {
            InsertBefore(configuration, s => s is CommandLineConfigurationSource, file);
        }
    }

    private static void InsertBefore(ConfigurationManager configuration, Predicate<IConfigurationSource> isNext, string file)
    {
        var sources = ((IConfigurationBuilder)configuration).Sources;
        var last = sources.Select((source, index) => (source, index)).LastOrDefault(s => isNext(s.source), (null!, sources.Count)).index;
        sources.Insert(last, new JsonConfigurationSource
        {
            FileProvider = new PhysicalFileProvider(Path.GetDirectoryName(file)!, ExclusionFilters.None),
            Path = Path.GetFileName(file),
            Optional = true,
        });
    }
}
