using System.Net;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>How a gateway becomes files where the stack is published to. Without it a publisher refuses the gateway.</summary>
/// <param name="Write">Makes the files' texts, by path relative to the gateway's own configuration folder, as <c>/etc/nginx</c> is one. Pure.</param>
public sealed record GatewayFilesAnnotation(Func<GatewayFilesContext, IReadOnlyDictionary<string, string>> Write) : IResourceAnnotation;

/// <summary>Where a published gateway runs, and what is behind it.</summary>
public sealed class GatewayFilesContext
{
    /// <summary>False: the gateway belongs to the machine, whose own main file includes ours (Debian's <c>conf.d</c>). True: it has a container for itself, a read-only one without rights, and all files are ours.</summary>
    public required bool IsContainer { get; init; }

    /// <summary>The port it listens on.</summary>
    public required int Port { get; init; }

    /// <summary>True: other machines reach it; false: only this one does.</summary>
    public required bool IsExternal { get; init; }

    /// <summary>Where the replicas of each site listen, by name of the site.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<DnsEndPoint>> Servers { get; init; }

    /// <summary>Absolute path of the folder in which a file <c>&lt;site&gt;.drain.&lt;port&gt;</c>, beside a file <c>&lt;site&gt;.drain</c>, keeps new requests from a replica; null: nobody drains.</summary>
    public string? FlagFolder { get; init; }
}
