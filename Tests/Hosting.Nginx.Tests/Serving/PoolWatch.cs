namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>Asks a running Nginx again and again which pool the next request of the site goes to, and notes since when.</summary>
internal sealed class PoolWatch : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<(string Pool, long Since)> _seen = [];
    private readonly Task _watching;

    public PoolWatch(RunningApp app) => _watching = Task.Run(() => WatchAsync(app));

    /// <summary>The pools in turn, each with the time at which Nginx had said so for the first time.</summary>
    public async Task<IReadOnlyList<(string Pool, long Since)>> StopAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        return _seen;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task WatchAsync(RunningApp app)
    {
        using var admin = UnixHttp.Client(() => app.AdminSocket, TimeSpan.FromSeconds(5));
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var pool = await admin.GetStringAsync("/pool/site");
                if (_seen.Count == 0 || _seen[^1].Pool != pool)
                {
                    _seen.Add((pool, TimeProvider.System.GetTimestamp()));
                }
            }
            catch (HttpRequestException)
            {
                // The worker that had the connection is gone after a reload: the next one tells.
            }

            await Task.Delay(Period, TimeProvider.System);
        }
    }
}
