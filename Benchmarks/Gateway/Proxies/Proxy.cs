namespace Gateway.Proxies;

/// <summary>A way to the site that runs and can be measured.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Ports">Where it takes requests; several only where there is no proxy.</param>
/// <param name="Processes">Those that are its own.</param>
internal sealed record Proxy(string Name, IReadOnlyList<int> Ports, IReadOnlyList<LinuxProcess> Processes)
{
    public const string Direct = "no proxy";
    public const string Classic = "classic";
    public const string Stack = "Stack";
    public const string HaproxyEqual = "HAProxy";
    public const string HaproxyBare = "bare HAProxy";
}
