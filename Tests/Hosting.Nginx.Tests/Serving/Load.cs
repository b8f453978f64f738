using System.Collections.Concurrent;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>Clients that GET one page after another without a pause until they are stopped, and note what failed.</summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Clients = 4;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _clients;
    private int _served;

    public Load(HttpClient client) => _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => AskAsync(client))));

    public int Served => _served;

    public ConcurrentBag<string> Failed { get; } = [];

    public Task StopAsync()
    {
        _stop.Cancel();
        return _clients;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task AskAsync(HttpClient client)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var response = await client.GetAsync("/");
                if (response.IsSuccessStatusCode)
                {
                    Interlocked.Increment(ref _served);
                }
                else
                {
                    Failed.Add($"{(int)response.StatusCode}");
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                Failed.Add(e.Message);
            }
        }
    }
}
