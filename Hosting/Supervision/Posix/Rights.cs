using System.Globalization;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Which of root's single rights the AppHost has: root in a container lacks some.</summary>
internal static class Rights
{
    public const int ChangeGroup = 6; // CAP_SETGID
    public const int ChangeUser = 7; // CAP_SETUID
    public const int RaiseLimits = 24; // CAP_SYS_RESOURCE

    private const string Effective = "CapEff:";

    public static bool Has(int right)
        => File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Effective, StringComparison.Ordinal)) is { } line
            && (ulong.Parse(line[Effective.Length..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) >> right & 1) == 1;
}
