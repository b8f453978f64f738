using System.Globalization;
using System.Runtime.InteropServices;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Looks whether the AppHost may give a child its user, limits and score.</summary>
internal static class SettingsChecks
{
    /// <summary>The user to change to; null: none.</summary>
    /// <exception cref="LaunchException">Something is not allowed, or not there; names it.</exception>
    public static Account? Check(ProcessSettings settings)
    {
        if (!OperatingSystem.IsLinux())
        {
            return settings with { Umask = null } == ProcessSettings.Inherited ? null : throw Permanent("User, Group, Limits, OutOfMemoryScore and NoNewPrivileges can be set on Linux only. Leave them out here.");
        }

        foreach (var (name, limit) in settings.Limits)
        {
            CheckLimit(name, limit);
        }

        if (settings.OutOfMemoryScore is { } score)
        {
            CheckScore(score);
        }

        var account = Account.Find(settings);
        return account is null || (Rights.Has(Rights.ChangeUser) && Rights.Has(Rights.ChangeGroup))
            ? account
            : throw Permanent($"Only an AppHost that runs as root can start a process as user '{account.Name}'. Run it as root, or set User in production only.");
    }

    private static unsafe void CheckLimit(string name, ProcessLimit limit)
    {
        var own = stackalloc ulong[2];
        if (Libc.GetLimit(SupervisionFaults.LimitNumbers[name], own) < 0)
        {
            throw new LaunchException($"Limit '{name}' can't be read: {Marshal.GetLastPInvokeErrorMessage()}.", Marshal.GetLastPInvokeError(), isPermanent: true);
        }

        // No limit is the largest number, here as there.
        var hard = (ulong)limit.Hard;
        if (hard > own[1] && !Rights.Has(Rights.RaiseLimits))
        {
            throw Permanent($"Limit '{name}' can't be set to {limit}: the AppHost's own hard limit is {Text(own[1])}. Raise that one (systemd: Limit{name.ToUpperInvariant()}=, containers: --ulimit), or lower this.");
        }

        if (name == "nofile" && hard > MostFiles())
        {
            throw Permanent($"Limit 'nofile' can't be set to {limit}: the kernel's most is {MostFiles()}. Raise that one with 'sysctl fs.nr_open', or lower this.");
        }
    }

    private static void CheckScore(int score)
    {
        if (Number("/proc/self/oom_score_adj") is { } own && score < own && !Rights.Has(Rights.RaiseLimits))
        {
            throw Permanent($"OutOfMemoryScore can't be {score}: only root may go below the AppHost's own, which is {own}. Raise it, or give the AppHost a lower one (systemd: OOMScoreAdjust=).");
        }
    }

    private static ulong MostFiles() => Number("/proc/sys/fs/nr_open") is { } most ? (ulong)most : ulong.MaxValue;

    private static long? Number(string file) => File.Exists(file) ? long.Parse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture) : null;

    private static string Text(ulong limit) => limit == ulong.MaxValue ? "unlimited" : limit.ToString(CultureInfo.InvariantCulture);

    private static LaunchException Permanent(string message) => new(message, Libc.PermissionDenied, isPermanent: true);
}
