using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Plans;

/// <summary>How the parts of a published stack reach each other.</summary>
internal enum PublishNetwork
{
    /// <summary>All on 127.0.0.1, each replica on its own port.</summary>
    OneMachine,

    /// <summary>Each replica is a host of its own name and listens on its own port.</summary>
    Containers,

    /// <summary>All replicas of a program are one host, and listen on one port.</summary>
    Cluster,
}

/// <summary>The addresses that follow from a network.</summary>
internal static class PublishNetworks
{
    /// <summary>What a container without rights can listen on, and the one port of all replicas in a cluster.</summary>
    public const int ContainerPort = 8080;

    private const string Loopback = "127.0.0.1";

    /// <summary>Networks that belong to nobody in particular: the gateway's address in them is not known before it runs.</summary>
    private const string Private = "10.0.0.0/8;172.16.0.0/12;192.168.0.0/16";

    public static string Host(this PublishNetwork network, string program, string replica) => network switch
    {
        PublishNetwork.OneMachine => Loopback,
        PublishNetwork.Containers => replica,
        _ => program,
    };

    public static int Port(this PublishNetwork network, IResource resource, EndpointAnnotation endpoint, int port) => network switch
    {
        PublishNetwork.OneMachine => port,
        _ when resource is not ProjectResource => endpoint.TargetPort ?? endpoint.Port ?? port,
        PublishNetwork.Containers => port,
        _ => ContainerPort,
    };

    /// <summary>What a site listens on, as in a URL.</summary>
    public static string Listen(this PublishNetwork network) => network == PublishNetwork.OneMachine ? Loopback : "+";

    /// <summary>Whom the sites believe who the client is; null: only this machine, their default.</summary>
    public static string? Proxies(this PublishNetwork network) => network == PublishNetwork.OneMachine ? null : Private;

    /// <summary>Where clients of the same network reach a gateway.</summary>
    public static (string Host, int Port) Gateway(this PublishNetwork network, IResource gateway, int port)
        => network == PublishNetwork.OneMachine ? (Loopback, port) : (gateway.Name, ContainerPort);
}
