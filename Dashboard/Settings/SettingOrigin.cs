using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace Stack.Dashboard.Settings;

/// <summary>Tells where a setting in force comes from, for whoever wants to change it.</summary>
internal static class SettingOrigin
{
    public static string Of(IConfiguration configuration, string key)
    {
        if (string.IsNullOrWhiteSpace(configuration[key]) || configuration is not IConfigurationRoot root)
        {
            return "default";
        }

        var provider = root.Providers.LastOrDefault(provider => provider.TryGet(key, out var value) && !string.IsNullOrWhiteSpace(value));
        return provider switch
        {
            CommandLineConfigurationProvider => "command line",
            EnvironmentVariablesConfigurationProvider => "environment variable",
            JsonConfigurationProvider file => file.Source.Path ?? "settings file",
            _ => "configuration",
        };
    }
}
