using System.Reflection;

namespace Aspire.Hosting;

/// <summary>How the builder of an application is made.</summary>
public class DistributedApplicationOptions
{
    /// <summary>The command line.</summary>
    public string[]? Args { get; set; }

    /// <summary>Name of the AppHost's assembly; default the entry assembly.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Folder of the AppHost's project; default what its build noted, else the content root.</summary>
    public string? ProjectDirectory { get; set; }

    /// <summary>Name that the dashboard shows.</summary>
    public string? DashboardApplicationName { get; set; }

    /// <summary>True: no dashboard.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>True: plain http on other than loopback addresses is accepted.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    internal Assembly? Assembly => AssemblyName is null ? Assembly.GetEntryAssembly() : Assembly.Load(AssemblyName);
}
