using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>Finds settings of supervision that can't be meant, whatever machine they are used on.</summary>
internal static class SupervisionFaults
{
    /// <summary>The limits that can be set, by their names in <c>prlimit</c>, with the kernel's numbers.</summary>
    public static readonly IReadOnlyDictionary<string, int> LimitNumbers = new SortedDictionary<string, int>(StringComparer.Ordinal)
    {
        ["as"] = 9, ["core"] = 4, ["cpu"] = 0, ["data"] = 2, ["fsize"] = 1, ["memlock"] = 8, ["nofile"] = 7, ["nproc"] = 6, ["stack"] = 3,
    };

    private const int MostMask = 0x1FF; // 0777
    private const int WorstScore = 1000; // oom_score_adj
    private const int LastSignal = 64;

    public static IEnumerable<string> Of(IResource resource, SupervisionOptions options)
    {
        var settings = new[]
        {
            OfMask(options), OfSignal(nameof(options.StopSignal), options.StopSignal), OfSignal(nameof(options.ParentDeathSignal), options.ParentDeathSignal), OfScore(options),
            OfName(nameof(options.User), options.User), OfName(nameof(options.Group), options.Group), OfName(nameof(options.Directory), options.Directory),
            OfNumber(nameof(options.StdoutLogFileMaxBytes), options.StdoutLogFileMaxBytes, "bytes, or 0 for a log that is never rotated"),
            OfNumber(nameof(options.StdoutLogFileBackups), options.StdoutLogFileBackups, "archives, or 0 to keep none"),
        };
        return settings.OfType<string>().Concat(options.Limits.Select(OfLimit).OfType<string>()).Select(fault => $"Resource '{resource.Name}': {fault}");
    }

    /// <summary>Settings that a container would not get: its processes are the engine's.</summary>
    public static IEnumerable<string> OfContainer(IResource resource, SupervisionOptions options)
    {
        string?[] set =
        [
            options.Umask is null ? null : nameof(options.Umask), options.User is null ? null : nameof(options.User), options.Group is null ? null : nameof(options.Group),
            options.Directory is null ? null : nameof(options.Directory), options.Limits.Count == 0 ? null : nameof(options.Limits),
            options.OutOfMemoryScore is null ? null : nameof(options.OutOfMemoryScore), options.NoNewPrivileges is null ? null : nameof(options.NoNewPrivileges),
        ];
        return set.OfType<string>().Select(name =>
            $"Resource '{resource.Name}' is a container, which {name} can't be set for by WithSupervision. Use WithContainerRuntimeArgs, whose arguments go to the engine's 'create' command.");
    }

    /// <summary>The mask's bits; null when the text is no mask.</summary>
    public static int? Mask(string text)
    {
        const int bitsOfDigit = 3;
        if (text.Length == 0 || text.Any(c => c is < '0' or > '7'))
        {
            return null;
        }

        var mask = 0L;
        foreach (var digit in text.TrimStart('0'))
        {
            mask = Math.Min((mask << bitsOfDigit) | (uint)(digit - '0'), MostMask + 1);
        }

        return mask <= MostMask ? (int)mask : null;
    }

    private static string? OfMask(SupervisionOptions options) => options.Umask is not { } mask || Mask(mask) is not null
        ? null
        : $"Umask is \"{mask}\", which is no file mode mask. Give three octal digits, as a shell's umask takes them: \"022\", \"027\", \"077\".";

    private static string? OfSignal(string setting, int signal) => signal is >= 1 and <= LastSignal
        ? null
        : $"{setting} is {signal}, which is no signal. Give its number, 1 to {LastSignal}: 15 for TERM, 3 for QUIT, 2 for INT.";

    private static string? OfScore(SupervisionOptions options) => options.OutOfMemoryScore is null or (>= -WorstScore and <= WorstScore)
        ? null
        : $"OutOfMemoryScore is {options.OutOfMemoryScore}. It goes from -{WorstScore} (never ended for lack of memory) to {WorstScore} (ended first).";

    private static string? OfName(string setting, string? value) => value is null || (value.Trim().Length > 0 && !value.Contains('\0', StringComparison.Ordinal))
        ? null
        : $"{setting} is empty. Leave it out, or name one.";

    private static string? OfNumber(string setting, long value, string of) => value >= 0 ? null : $"{setting} is {value}. Give a number of {of}.";

    private static string? OfLimit(KeyValuePair<string, ProcessLimit> limit)
    {
        if (!LimitNumbers.ContainsKey(limit.Key))
        {
            return $"there is no limit '{limit.Key}'. Those that can be set are {string.Join(", ", LimitNumbers.Keys)}.";
        }

        var (soft, hard) = limit.Value;
        return soft < ProcessLimit.Unlimited || hard < ProcessLimit.Unlimited ? $"limit '{limit.Key}' is {limit.Value}. Give a number, or -1 for no limit."
            : hard != ProcessLimit.Unlimited && (soft == ProcessLimit.Unlimited || soft > hard) ? $"limit '{limit.Key}' is {limit.Value}: the soft limit is above the hard one. Lower the first, or raise the second."
            : null;
    }
}
