using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Stack.Hosting.Nginx.Building;

/// <summary>Says where the state folder is, by the rule of the design: the setting, else beside the AppHost in development, else below /var/lib.</summary>
internal static class StatePlace
{
    public static string Folder(IConfiguration configuration, IHostEnvironment environment, string appHostDirectory)
    {
        if (configuration["Stack:State"] is { Length: > 0 } folder)
        {
            return Path.GetFullPath(folder, appHostDirectory);
        }

        var app = configuration["Stack:AppName"] is { Length: > 0 } name ? name : "stack";
        return environment.IsProduction() ? $"/var/lib/stack/{app}" : Path.Combine(appHostDirectory, ".stack");
    }
}
