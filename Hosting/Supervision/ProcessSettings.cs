using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Supervision;

/// <summary>What a child's process is given beside program, folder and environment. All by default: as the AppHost's.</summary>
internal sealed record ProcessSettings
{
    public static readonly ProcessSettings Inherited = new();

    /// <summary>Bits that new files don't get.</summary>
    public int? Umask { get; init; }

    /// <summary>Name or number of the user, with that user's groups.</summary>
    public string? User { get; init; }

    /// <summary>Name or number of the group in place of the user's primary one.</summary>
    public string? Group { get; init; }

    /// <summary>By their names in prlimit.</summary>
    public IReadOnlyDictionary<string, ProcessLimit> Limits { get; init; } = new Dictionary<string, ProcessLimit>();

    /// <summary>From -1000, never ended for lack of memory, to 1000.</summary>
    public int? OutOfMemoryScore { get; init; }

    /// <summary>No program that it runs gets rights by setuid or file capabilities. Null: where the user changes.</summary>
    public bool? NoNewPrivileges { get; init; }

    public static ProcessSettings From(SupervisionOptions options) => new()
    {
        Umask = options.Umask is { } mask ? SupervisionFaults.Mask(mask) : null,
        User = options.User,
        Group = options.Group,
        Limits = options.Limits.OrderBy(l => l.Key, StringComparer.Ordinal).ToDictionary(l => l.Key, l => l.Value, StringComparer.Ordinal),
        OutOfMemoryScore = options.OutOfMemoryScore,
        NoNewPrivileges = options.NoNewPrivileges,
    };

    /// <summary>What is set, each with its name: the same for settings that mean the same.</summary>
    public IEnumerable<string> Texts()
    {
        (string Name, object? Value)[] set = [(nameof(Umask), Umask), (nameof(User), User), (nameof(Group), Group), (nameof(OutOfMemoryScore), OutOfMemoryScore), (nameof(NoNewPrivileges), NoNewPrivileges)];
        return set.Where(s => s.Value is not null).Select(s => $"{s.Name}={s.Value}").Concat(Limits.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
    }
}
