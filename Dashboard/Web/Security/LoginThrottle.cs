using System.Net;

namespace Stack.Dashboard.Web.Security;

/// <summary>Allows ten wrong tokens a minute and address; then no token is looked at until the minute is over, not even the right one.</summary>
internal sealed class LoginThrottle(TimeProvider time)
{
    internal const int MaxFailures = 10;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, (DateTimeOffset Since, int Count)> _failures = [];

    /// <summary>How long to wait before the next try; null when it is allowed now.</summary>
    public TimeSpan? Wait(IPAddress address)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            return _failures.TryGetValue(address, out var seen) && seen.Count >= MaxFailures && seen.Since + Window - now is { Ticks: > 0 } left
                ? left
                : null;
        }
    }

    /// <summary>Counts a wrong token.</summary>
    public void Fail(IPAddress address)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            foreach (var old in _failures.Where(f => now - f.Value.Since >= Window).Select(f => f.Key).ToList())
            {
                _failures.Remove(old);
            }

            var seen = _failures.GetValueOrDefault(address, (Since: now, Count: 0));
            _failures[address] = (seen.Since, seen.Count + 1);
        }
    }
}
