using System.Buffers;
using System.Text;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>Takes the values of secret parameters out of a query, before it is sent anywhere.</summary>
internal sealed class QueryMask(IEnumerable<string> keys)
{
    public const string Masked = "***";

    private static readonly SearchValues<char> Separators = SearchValues.Create("&;");

    private readonly HashSet<string> _keys = new(keys, StringComparer.OrdinalIgnoreCase);

    /// <summary>Path without query, and the query without secrets, without its question mark.</summary>
    public (string Path, string Query) Split(string uri)
    {
        var mark = uri.IndexOf('?', StringComparison.Ordinal);
        return mark < 0 ? (uri, "") : (uri[..mark], Mask(uri[(mark + 1)..]));
    }

    /// <summary>A whole address, without the secrets in its query and without a name and password before the host.</summary>
    public string Url(string url)
    {
        var (path, query) = Split(url);
        var at = path.IndexOf('@', StringComparison.Ordinal);
        var host = path.IndexOf("//", StringComparison.Ordinal) + 2;
        path = host >= 2 && at > host && path.IndexOf('/', host) is var slash && (slash < 0 || at < slash) ? $"{path[..host]}{Masked}{path[at..]}" : path;
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    private string Mask(string query)
    {
        if (_keys.Count == 0 || !query.Contains('=', StringComparison.Ordinal))
        {
            return query;
        }

        StringBuilder masked = new(query.Length);
        var rest = query.AsSpan();
        while (true)
        {
            var end = rest.IndexOfAny(Separators);
            var pair = end < 0 ? rest : rest[..end];
            var equals = pair.IndexOf('=');
            if (equals >= 0 && IsSecret(pair[..equals]))
            {
                masked.Append(pair[..(equals + 1)]).Append(Masked);
            }
            else
            {
                masked.Append(pair);
            }

            if (end < 0)
            {
                return masked.ToString();
            }

            masked.Append(rest[end]);
            rest = rest[(end + 1)..];
        }
    }

    /// <summary>Also of a key that is written with escapes, or as an element: <c>user[password]</c>, <c>to%6ben</c>.</summary>
    private bool IsSecret(ReadOnlySpan<char> key)
    {
        var name = key.Contains('%') ? Uri.UnescapeDataString(key).AsSpan() : key;
        var lookup = _keys.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.Contains(name))
        {
            return true;
        }

        foreach (var part in name.SplitAny('[', ']', '.'))
        {
            if (lookup.Contains(name[part]))
            {
                return true;
            }
        }

        return false;
    }
}
