namespace Aspire.Hosting.ApplicationModel;

/// <summary>How Nginx chooses the replica for a request.</summary>
public enum NginxBalancing
{
    /// <summary>The replica with the fewest requests in flight. The default: a hung replica stops getting requests by itself.</summary>
    LeastConnections,

    /// <summary>The less busy one of two replicas chosen at random; for more than 16 replicas.</summary>
    RandomTwo,

    /// <summary>One after the other.</summary>
    RoundRobin,

    /// <summary>By the client's address, so that a client stays with its replica as long as that lives.</summary>
    ClientIp,
}
