namespace Stack.Hosting.Supervision;

/// <summary>Remembers what a replica was launched with, so that a roll-out whose new version does not get ready can put the old launch back.</summary>
internal sealed class LaunchMemory
{
    private readonly Lock _lock = new();
    private LaunchRequest? _last;
    private LaunchRequest? _made;
    private LaunchRequest? _kept;
    private LaunchRequest? _putBack;
    private RunningProgram? _adopted;

    /// <summary>What was launched last; null: nothing, or the next one could not be made.</summary>
    public LaunchRequest? Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>The request for the next launch: a new one, or the old one while that is put back.</summary>
    public async Task<LaunchRequest> NextAsync(int generation, Func<CancellationToken, Task<LaunchRequest>> create, CancellationToken cancellationToken)
    {
        LaunchRequest? old;
        lock (_lock)
        {
            old = _putBack;
        }

        // While it is made the one before stays known: a roll-out may ask in the middle of the next attempt.
        LaunchRequest? request = null;
        try
        {
            return request = old is null ? await create(cancellationToken).ConfigureAwait(false) : OfGeneration(old, generation);
        }
        finally
        {
            lock (_lock)
            {
                _last = request; // one that can't even be made differs from the one before
                _made = request ?? _made;
            }
        }
    }

    /// <summary>A roll-out comes to the replica: what it was launched with last is what it may go back to; the next launch is a new one.</summary>
    /// <param name="adopted">What it runs, when an earlier AppHost has launched it.</param>
    public void Keep(RunningProgram? adopted = null)
    {
        lock (_lock)
        {
            _kept = _last;
            _adopted = adopted;
            _putBack = null;
        }
    }

    /// <summary>From the next launch on it is what was kept.</summary>
    /// <returns>False: there is nothing to go back to. It was the same, or its files are gone.</returns>
    public bool PutBack()
    {
        lock (_lock)
        {
            // Where to write, and the rights: as the new one has them.
            _kept = _adopted is { } running && _made is { } made
                ? made with { FileName = running.FileName, Arguments = running.Arguments, WorkingDirectory = running.WorkingDirectory, Environment = running.Environment }
                : _kept;
            if (_kept is not { } kept || (_last is { } last && IsSame(kept, last)) || !IsThere(kept))
            {
                return false;
            }

            _putBack = kept;
            return true;
        }
    }

    /// <summary>The next launch is a new one.</summary>
    public void Renew()
    {
        lock (_lock)
        {
            _putBack = null;
        }
    }

    private static LaunchRequest OfGeneration(LaunchRequest request, int generation)
        => request with { Environment = new Dictionary<string, string>(request.Environment, StringComparer.Ordinal) { ["STACK_GENERATION"] = $"{generation}" } };

    private static bool IsSame(LaunchRequest a, LaunchRequest b)
        => a.FileName == b.FileName && a.WorkingDirectory == b.WorkingDirectory && a.Arguments.SequenceEqual(b.Arguments) && Lasting(a).SequenceEqual(Lasting(b));

    private static IEnumerable<KeyValuePair<string, string>> Lasting(LaunchRequest request)
        => request.Environment.Where(v => !LaunchHash.PassingVariables.Contains(v.Key)).OrderBy(v => v.Key, StringComparer.Ordinal);

    // "dotnet" is always there: the assembly that it is to run counts too.
    private static bool IsThere(LaunchRequest request)
        => request.Arguments.Take(1).Where(a => a.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)).Prepend(request.FileName).Where(Path.IsPathRooted).All(File.Exists)
            && Directory.Exists(request.WorkingDirectory);
}
