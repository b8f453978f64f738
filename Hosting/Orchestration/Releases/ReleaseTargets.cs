namespace Stack.Hosting.Orchestration.Releases;

/// <summary>Says which release each replica is launched from: the current one; while a roll-out to another one goes on, those that it has come to from that. So a replica that crashes meanwhile comes back in the version of its place in the roll-out.</summary>
/// <param name="current">Null: what the AppHost itself runs the site from.</param>
internal sealed class ReleaseTargets(Release? current)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _moved = new(StringComparer.OrdinalIgnoreCase);
    private Release? _current = current;
    private Release? _next;
    private bool _isMoving;

    public Release? Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    public Release? For(string replica)
    {
        lock (_lock)
        {
            return _moved.Contains(replica) ? _next : _current;
        }
    }

    /// <summary>From now on it is that one, without a roll-out.</summary>
    public void Use(Release? current)
    {
        lock (_lock)
        {
            _current = current;
        }
    }

    /// <summary>A roll-out to a release begins; no replica has moved yet.</summary>
    public void Begin(Release? next)
    {
        lock (_lock)
        {
            (_next, _isMoving) = (next, true);
        }
    }

    /// <summary>The roll-out has come to a replica.</summary>
    /// <returns>False: it is one that goes to no other release, and nothing has changed.</returns>
    public bool Move(string replica)
    {
        lock (_lock)
        {
            if (_isMoving)
            {
                _moved.Add(replica);
            }

            return _isMoving;
        }
    }

    /// <summary>The replica goes back to the current release.</summary>
    /// <returns>False: it had not left it.</returns>
    public bool Return(string replica)
    {
        lock (_lock)
        {
            return _moved.Remove(replica);
        }
    }

    /// <summary>The roll-out is over. When it failed, whatever is launched from now on is of the release before, though those that have moved run on.</summary>
    public void End(bool succeeded)
    {
        lock (_lock)
        {
            _current = succeeded ? _next : _current;
            _isMoving = false;
            _moved.Clear();
        }
    }
}
