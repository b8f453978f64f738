using System.Security.Cryptography;
using System.Text;

namespace Stack.Dashboard.Settings;

/// <summary>Compares keys and tokens in a time that does not tell how much of them was right.</summary>
internal sealed class KeyCheck(params IEnumerable<string?> keys)
{
    private readonly byte[][] _hashes = [.. keys.OfType<string>().Where(key => key.Length > 0).Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))];

    public bool Accepts(string? given)
    {
        if (string.IsNullOrEmpty(given))
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(given), hash);
        var accepted = false;
        foreach (var known in _hashes)
        {
            accepted |= CryptographicOperations.FixedTimeEquals(known, hash);
        }

        return accepted;
    }
}
