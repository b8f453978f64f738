namespace EndToEnd;

/// <summary>A few clients that ask the same page again and again, each request on a connection of its own, and note what fails.</summary>
internal sealed class SteadyLoad : IDisposable
{
    private const int Clients = 4;

    // Without one they would take the whole of a small machine from what is being tested.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _failures = [];
    private readonly Task _asking;
    private int _answered;

    /// <param name="page">What they ask.</param>
    /// <param name="handler">Makes their connections; null: the usual.</param>
    public SteadyLoad(Uri page, SocketsHttpHandler? handler = null)
    {
        handler ??= new SocketsHttpHandler();
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        _client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
        _asking = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => AskAsync(page))));
    }

    /// <summary>Waits until so many answers more have come.</summary>
    public async Task UntilAsync(int more)
    {
        var wanted = Volatile.Read(ref _answered) + more;
        var start = TimeProvider.System.GetTimestamp();
        while (Volatile.Read(ref _answered) < wanted)
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromMinutes(2), $"{_answered} answers; failures: {string.Join("; ", _failures)}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Ends it; what failed.</summary>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        await _stop.CancelAsync();
        await _asking;
        return _failures;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task AskAsync(Uri page)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var answer = await _client.GetAsync(page, CancellationToken.None);
                answer.EnsureSuccessStatusCode();
                Interlocked.Increment(ref _answered);
                await Task.Delay(Pause, TimeProvider.System);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                lock (_failures)
                {
                    _failures.Add(e.Message);
                }
            }
        }
    }
}
