using Stack.Inject;

/// <summary>What .NET calls before the site's <c>Main</c>, because <c>DOTNET_STARTUP_HOOKS</c> names this assembly. Type and method have to be called so.</summary>
#pragma warning disable CA1050, MA0047 // without a namespace, says .NET
internal static class StartupHook
#pragma warning restore CA1050, MA0047
{
    /// <summary>Also brings this assembly into the site's load context, where ASP.NET Core finds it by its name.</summary>
    public static void Initialize()
    {
        OwnEntries.Remove("DOTNET_STARTUP_HOOKS", Path.PathSeparator, typeof(StartupHook).Assembly.Location);

        // A program without ASP.NET Core is left alone: it may not even have the types below.
        if (Type.GetType("Microsoft.AspNetCore.Hosting.IHostingStartup, Microsoft.AspNetCore.Hosting.Abstractions") is not null)
        {
            HostBuildingWatch.Begin();
        }
    }
}
