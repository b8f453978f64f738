using System.Security.Cryptography;
using System.Text;

namespace Stack.Dashboard.Storage;

/// <summary>Who sent something: a resource with all its attributes. Pages group by service and instance, rows point to this.</summary>
internal sealed record ResourceInfo(string Service, string? InstanceId, string DisplayName, string AttributesJson)
{
    /// <summary>What stands in for senders beyond the cap on resources.</summary>
    public static readonly ResourceInfo Other = new("other", null, "other", "{}");

    public string Hash { get; } = HashOf(Service, InstanceId ?? "", DisplayName, AttributesJson);

    /// <summary>32 hexadecimal digits that stay the same over restarts.</summary>
    public static string HashOf(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
