using System.Security.Cryptography;
using System.Text;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Compose;

/// <summary>
/// Addresses of replicas behind a gateway, which are the same as long as the stack is there. Nginx looks names up once, while it starts, and an engine gives a
/// container that is started again any address that is free; the name of one that does not run can't be looked up at all.
/// </summary>
internal sealed class ComposeAddresses
{
    public const string Setting = "NETWORK";

    // The engine gives those before to whatever else there is.
    private const int First = 64;
    private const int Last = 254;

    private readonly List<string> _replicas;

    public ComposeAddresses(PublishPlan plan)
    {
        _replicas = [.. plan.Gateways.SelectMany(g => g.Sites).Distinct(StringComparer.Ordinal).SelectMany(site => plan.Programs.First(p => p.Name == site).Replicas).Select(r => r.Name)];
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(plan.AppName));
        Default = $"10.{128 + (hash[0] % 128)}.{hash[1]}";
    }

    /// <summary>The first three bytes of the addresses, from the application's name, so that two stacks on one machine seldom want the same.</summary>
    public string Default { get; }

    public IEnumerable<string> Faults => _replicas.Count <= Last - First + 1 ? [] : [$"{_replicas.Count} replicas behind gateways are more than the network has addresses for ({Last - First + 1}). Set fewer with --replicas."];

    /// <summary>What a service says of its network; null: its address does not matter.</summary>
    public YamlMap? Of(string replica)
        => _replicas.Contains(replica) ? new() { { "default", new YamlMap { { "ipv4_address", Address(replica) } } } } : null;

    /// <summary>The names of sites' replicas, and where they are.</summary>
    public IReadOnlyList<string> Hosts(IEnumerable<string> replicas) => [.. replicas.Select(r => $"{r}:{Address(r)}")];

    /// <summary>The network; null: nobody's address matters.</summary>
    public YamlMap? Network() => _replicas.Count == 0 ? null : new()
    {
        {
            "default", new YamlMap
            {
                {
                    "ipam", new YamlMap
                    {
                        { "config", (object[])[new YamlMap { { "subnet", $"{Bytes}.0/24" }, { "ip_range", $"{Bytes}.0/26" } }] },
                    }
                },
            }
        },
    };

    private string Bytes => ComposeText.Setting(Setting, Default);

    private string Address(string replica) => $"{Bytes}.{First + _replicas.IndexOf(replica)}";
}
