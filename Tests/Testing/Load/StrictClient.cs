using System.Text;

namespace Testing.Load;

/// <summary>
/// A client that forgives nothing: connections of its own, no request sent twice, every answer read to its last byte and compared with what was asked.
/// The site answers <c>GET /?id=…</c> and <c>POST /</c> with the id as body with a text that begins with the replica's name and ends with the id, and takes <c>wait=</c> milliseconds if it is told to.
/// </summary>
public sealed class StrictClient : IAsyncDisposable
{
    private readonly LoadSettings _settings;
    private readonly string _name = $"{Guid.NewGuid():N}"[..8];
    private readonly CancellationTokenSource _stop = new();
    private readonly long _startedAt = TimeProvider.System.GetTimestamp();
    private readonly List<ConnectionLog> _logs = [];
    private readonly Task _clients;
    private volatile string _mark = "start";

    private StrictClient(LoadSettings settings)
    {
        _settings = settings;
        _logs.AddRange(Enumerable.Range(0, settings.Connections).Select(_ => new ConnectionLog()));
        _clients = Task.WhenAll(_logs.Select((log, index) => Task.Run(() => AskAsync(index, log))));
    }

    /// <summary>Requests that were answered so far.</summary>
    public int Answered => _logs.Sum(log => log.Answered);

    /// <summary>Requests that have failed so far.</summary>
    public int Failed => _logs.Sum(log => log.Failed);

    public static StrictClient Start(LoadSettings settings) => new(settings);

    /// <summary>What happens now, for the record of failures that come after it.</summary>
    public void Mark(string what) => _mark = what;

    /// <summary>Waits until so many requests more were answered.</summary>
    public Task UntilAnsweredAsync(int more)
    {
        var wanted = Answered + more;
        return Wait.Until(() => Answered >= wanted, () => $"{Answered} answered, {Failed} failed", what: $"{more} requests more are answered");
    }

    /// <summary>Lets every connection end its request, and returns what has happened.</summary>
    public async Task<LoadReport> StopAsync()
    {
        await _stop.CancelAsync();
        await _clients;
        return new LoadReport(_name, TimeProvider.System.GetElapsedTime(_startedAt), _logs);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _clients;
        _stop.Dispose();
    }

    private async Task AskAsync(int index, ConnectionLog log)
    {
        StrictConnection? connection = null;
        try
        {
            for (var number = 0; !_stop.IsCancellationRequested; number++)
            {
                if (index < _settings.Thinking)
                {
                    await PauseAsync(Random.Shared.NextDouble() * _settings.ThinkTime);
                }

                if (connection is { IsOver: true })
                {
                    connection.Dispose();
                    connection = null;
                }

                connection = await AskAsync(connection, $"{_name}-{index}-{number}", log);
            }
        }
        finally
        {
            connection?.Dispose();
        }
    }

    /// <returns>The connection, if it may be used again.</returns>
    private async Task<StrictConnection?> AskAsync(StrictConnection? connection, string id, ConnectionLog log)
    {
        var isPost = Random.Shared.NextDouble() < _settings.Posts;
        var request = Request(isPost, id);
        var sentAt = TimeProvider.System.GetTimestamp();
        using CancellationTokenSource limit = new(_settings.Timeout, TimeProvider.System);
        try
        {
            if (connection is null)
            {
                connection = await StrictConnection.OpenAsync(_settings.Port, limit.Token);
                log.Opened++;
            }

            var answer = await connection.AskAsync(request, limit.Token);
            if (!answer.EndsWith($" {id}", StringComparison.Ordinal))
            {
                throw new RequestFailedException(FailureKind.WrongAnswer, $"'{answer}'");
            }

            log.Ok(isPost, id, TimeProvider.System.GetElapsedTime(sentAt), answer[..answer.IndexOf(' ', StringComparison.Ordinal)]);
            return connection;
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException)
        {
            var kind = (e as RequestFailedException)?.Kind ?? FailureKind.Timeout;
            log.Fail(new RequestFailure(
                TimeProvider.System.GetElapsedTime(_startedAt), _mark, isPost ? "POST" : "GET", id, kind, e.Message,
                TimeProvider.System.GetElapsedTime(sentAt), connection?.Age ?? TimeSpan.Zero, connection?.Requests ?? 0));
            connection?.Dispose();
            if (kind == FailureKind.NoConnection)
            {
                await PauseAsync(TimeSpan.FromMilliseconds(10)); // where nobody listens, asking is all that it would do
            }

            return null;
        }
    }

    private byte[] Request(bool isPost, string id)
    {
        var wait = Random.Shared.NextDouble() < _settings.Slow ? $"&wait={_settings.SlowTime.TotalMilliseconds:0}" : "";
        if (!isPost)
        {
            return Encoding.ASCII.GetBytes($"GET /?id={id}{wait} HTTP/1.1\r\nHost: 127.0.0.1:{_settings.Port}\r\n\r\n");
        }

        var body = Random.Shared.NextDouble() < _settings.Large ? id.PadRight(_settings.LargeBody) : id;
        return Encoding.ASCII.GetBytes($"POST /?{wait} HTTP/1.1\r\nHost: 127.0.0.1:{_settings.Port}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private Task PauseAsync(TimeSpan time)
        => Task.Delay(time, TimeProvider.System, _stop.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
