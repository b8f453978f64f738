using Microsoft.Extensions.Configuration;

namespace Stack.Hosting.ApplicationModel;

/// <summary>Where an application keeps its things on a machine that it is installed on.</summary>
internal static class ProductionPlaces
{
    /// <summary>The name that tells one application of a machine from another.</summary>
    public static string AppNameOf(IConfiguration configuration) => configuration["Stack:AppName"] is { Length: > 0 } name ? name : "stack";

    /// <summary>The state folder, where nothing else is said.</summary>
    public static string StateFolderOf(IConfiguration configuration) => $"/var/lib/stack/{AppNameOf(configuration)}";
}
