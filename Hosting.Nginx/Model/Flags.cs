namespace Stack.Hosting.Nginx.Model;

/// <summary>The files by whose presence Nginx is told something without a reload.</summary>
internal static class Flags
{
    /// <summary>Each answer closes its client's connection, as before a reload.</summary>
    public static string Closing(string folder) => $"{folder}/closing";

    /// <summary>A replica of the site has a flag of its own: look which.</summary>
    public static string OfSite(string folder, string site) => $"{folder}/{site}.drain";

    /// <summary>The replica gets no new requests.</summary>
    public static string OfReplica(string folder, string site, int port) => $"{OfSite(folder, site)}.{port}";

    /// <summary>Looks for the file with each request. Inside of an <c>if</c> only <c>set</c> and <c>return</c> are safe.</summary>
    public static Directive WhenSet(string flag, params IReadOnlyList<Directive> then) => new("if", "(-f", flag, ")") { Children = then };
}
