namespace Stack.Hosting.Supervision.Posix;

/// <summary>Finds the processes that carry the identity of a replica in their environment. One look through /proc serves all who asked before it began: replicas often end together, and each look reads every process there is.</summary>
internal static class IdentityScan
{
    /// <summary>The variables that make an identity.</summary>
    public static readonly string[] Marks = ["STACK_STATE", "STACK_INSTANCE", "STACK_GENERATION"];

    private static readonly Lock Lock = new();
    private static Task<ILookup<string, int>>? _latest;
    private static Task<ILookup<string, int>>? _next;

    /// <summary>Process ids by identity, from a look that begins after the call.</summary>
    public static Task<ILookup<string, int>> FromNowAsync()
    {
        lock (Lock)
        {
            var before = _latest;
            return _next ??= Task.Run(() => AfterAsync(before));
        }
    }

    /// <summary>The identity of a process; null: it has none, or may not be looked into.</summary>
    public static string? Of(int pid)
    {
        var environment = ProcessTable.Environment(pid);
        return Of(mark => environment.FirstOrDefault(v => v.StartsWith(mark, StringComparison.Ordinal) && v.Length > mark.Length && v[mark.Length] == '=')?[(mark.Length + 1)..]);
    }

    /// <summary>The identity of one launch of a replica.</summary>
    public static string Of(string stateFolder, string replica, int generation) => string.Join('\0', stateFolder, replica, $"{generation}");

    /// <summary>The identity in an environment; null: a part of it is missing.</summary>
    public static string? Of(Func<string, string?> value)
    {
        var values = Array.ConvertAll(Marks, mark => value(mark));
        return Array.Exists(values, v => v is null) ? null : string.Join('\0', values);
    }

    private static async Task<ILookup<string, int>> AfterAsync(Task? before)
    {
        if (before is not null)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lock (Lock)
        {
            _latest = _next;
            _next = null;
        }

        return ProcessTable.All()
            .Where(p => p.IsLive && p.Pid != Environment.ProcessId)
            .Select(p => (p.Pid, Identity: Of(p.Pid)))
            .Where(p => p.Identity is not null)
            .ToLookup(p => p.Identity!, p => p.Pid, StringComparer.Ordinal);
    }
}
