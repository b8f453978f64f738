using System.Globalization;

namespace WebSite.Starting;

/// <summary>What the command line says: <c>WebSite.dll 8003</c> serves on that port, <c>WebSite.dll --migrate</c> prepares the database and ends.</summary>
internal sealed record SiteArguments(int? Port, bool Migrate, string[] ForHost)
{
    private const string MigrateOption = "--migrate";
    private const int Usage = 2;

    /// <exception cref="StartException">The first argument looks like a port and is none.</exception>
    public static SiteArguments Parse(IReadOnlyList<string> args)
    {
        var migrate = args.Contains(MigrateOption, StringComparer.Ordinal);
        string[] rest = [.. args.Where(a => a != MigrateOption)];
        if (rest.Length == 0 || rest[0].StartsWith('-') || rest[0].StartsWith('/') || rest[0].Contains('='))
        {
            return new(null, migrate, rest);
        }

        return int.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
            ? new(port, migrate, rest[1..])
            : throw new StartException($"The first argument, '{rest[0]}', is not a port. Give a number from 1 to 65535, as in 'dotnet WebSite.dll 8003', or leave it out.", Usage);
    }
}
