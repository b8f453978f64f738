using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Traffic;

namespace Stack.Hosting.Nginx.Status;

/// <summary>Asks Nginx every few seconds for its connections. Over one connection of its own, so that asking hardly shows in what is counted.</summary>
/// <param name="socket">Path of the socket on which it tells what it does.</param>
/// <param name="meter">Takes what it says.</param>
/// <param name="interval">Time between two questions.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionWatch(string socket, ConnectionMeter meter, TimeSpan interval, TimeProvider time)
{
    public async Task RunAsync(CancellationToken stopping)
    {
        using var client = AdminSocket.Connect(socket, Timeout.InfiniteTimeSpan);
        using PeriodicTimer timer = new(interval, time);
        try
        {
            do
            {
                meter.Take(await AskAsync(client, stopping).ConfigureAwait(false));
            }
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It was told to stop.
        }
    }

    private static async Task<StubStatus?> AskAsync(HttpClient client, CancellationToken stopping)
    {
        try
        {
            return StubStatus.Parse(await client.GetStringAsync(AdminBlock.StatusPath, stopping).ConfigureAwait(false));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !stopping.IsCancellationRequested)
        {
            // It does not run; it is asked again.
            return null;
        }
    }
}
