using System.Runtime.CompilerServices;

namespace Testing;

/// <summary>Tests make many hosts, each of which would watch its settings files for changes; a user may have 128 such watches at a time.</summary>
internal static class NoFileWatchers
{
    [ModuleInitializer]
    internal static void Set() => Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
}
