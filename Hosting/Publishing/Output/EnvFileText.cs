using Aspire.Hosting;

namespace Stack.Hosting.Publishing.Output;

/// <summary>How the lines of a file of variables are read.</summary>
internal enum EnvDialect
{
    /// <summary>By shells, systemd and docker-compose alike: in quotes.</summary>
    Quoted,

    /// <summary>By kustomize: all that comes after the first equals sign, quotes included.</summary>
    Raw,
}

/// <summary>Lines of files of variables.</summary>
internal static class EnvFileText
{
    /// <summary><c>NAME='value'</c>, read alike by sh, by systemd and by docker-compose.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="value">Its value.</param>
    /// <param name="dialect">Who reads it.</param>
    /// <exception cref="DistributedApplicationException">No way of quoting is read alike by all; names the key and the character.</exception>
    public static string Line(string name, string value, EnvDialect dialect)
    {
        if (value.AsSpan().ContainsAny('\n', '\r', '\0'))
        {
            throw new DistributedApplicationException($"The value of '{name}' has more than one line, or a NUL in it, which no file of variables can hold. Use a file, or another form of the value.");
        }

        if (dialect == EnvDialect.Raw)
        {
            return $"{name}={value}";
        }

        if (value.Contains('\\', StringComparison.Ordinal))
        {
            throw Impossible(name, "a backslash");
        }

        if (!value.Contains('\'', StringComparison.Ordinal))
        {
            return $"{name}='{value}'";
        }

        return value.AsSpan().ContainsAny("\"$`") ? throw Impossible(name, "a single quote beside \", $ or `") : $"{name}=\"{value}\"";
    }

    /// <summary>The name of a line, or null for a comment or a blank one.</summary>
    public static string? NameOf(string line)
    {
        var text = line.TrimStart();
        return text.Length == 0 || text[0] == '#' || text.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var equals) ? null : text[..equals].TrimEnd();
    }

    /// <summary>The value of a line, without its quotes.</summary>
    public static string ValueOf(string line, EnvDialect dialect)
    {
        var value = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return dialect == EnvDialect.Quoted && value.TrimEnd() is [('\'' or '"') and var quote, .. var inner, var last] && last == quote ? inner : value;
    }

    private static DistributedApplicationException Impossible(string name, string what)
        => new($"The value of '{name}' has {what} in it: the shell, systemd and Compose read that differently. Choose a value without.");
}
