namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where lines of one's own stand in the configuration.</summary>
public enum NginxScope
{
    /// <summary>Outside of all blocks: workers, modules, logs.</summary>
    Main,

    /// <summary>Inside of <c>http</c>, before the pools and servers: maps, zones, further servers.</summary>
    Http,

    /// <summary>Inside of each <c>server</c> that takes requests of clients: further locations, access rules.</summary>
    Server,

    /// <summary>Inside of each location that passes requests on to a site.</summary>
    Location,
}
