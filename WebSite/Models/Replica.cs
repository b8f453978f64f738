using System.Text.Json.Serialization;
using Stack.ServiceDefaults;

namespace WebSite.Models;

/// <summary>What anybody may know about the replica that answered; this is the JSON of <c>/whoami</c>.</summary>
public sealed record Replica([property: JsonPropertyName("replica")] string Name, int Port, int Pid)
{
    internal static Replica Of(InstanceIdentity identity, ConnectionInfo connection)
        => new(identity.Name, identity.Port ?? connection.LocalPort, identity.ProcessId);
}
