using System.Reflection;

namespace Aspire.Hosting;

/// <summary>How the builder of an application is made.</summary>
public sealed class DistributedApplicationOptions
{
    private readonly Lazy<Assembly?> _assembly;

    /// <summary>Creates options with the defaults.</summary>
    public DistributedApplicationOptions()
        => _assembly = new(() => AssemblyName is null ? System.Reflection.Assembly.GetEntryAssembly() : System.Reflection.Assembly.Load(AssemblyName));

    /// <summary>The command line.</summary>
    public string[]? Args { get; set; }

    /// <summary>Name of the AppHost's assembly; default the entry assembly.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Folder of the AppHost's project; default what its build noted, else the content root.</summary>
    public string? ProjectDirectory { get; set; }

    /// <summary>Name that the dashboard shows; default the AppHost's.</summary>
    public string? DashboardApplicationName { get; set; }

    /// <summary>Registry that all images come from, in place of their own; null: their own.</summary>
    public string? ContainerRegistryOverride { get; set; }

    /// <summary>True: no dashboard. Default false.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>True: plain http on other than loopback addresses is accepted. Default false.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>True: what resources write is in the AppHost's own log too. Default false.</summary>
    public bool EnableResourceLogging { get; set; }

    /// <summary>Whether resources should trust the development certificate. Accepted; certificates are left to the resources here.</summary>
    public bool? TrustDeveloperCertificate { get; set; }

    /// <summary>Whether resources should serve https with the development certificate. Accepted; certificates are left to the resources here.</summary>
    public bool? DeveloperCertificateDefaultHttpsTerminationEnabled { get; set; }

    internal Assembly? Assembly => _assembly.Value;
}
