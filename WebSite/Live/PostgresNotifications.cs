using Npgsql;
using WebSite.Data;

namespace WebSite.Live;

/// <summary>Listens for what posting replicas tell through PostgreSQL. While it can't, or with SQLite, the watch looks more often instead.</summary>
internal sealed partial class PostgresNotifications(BoardDatabase database, BoardHead head, TimeProvider time, ILogger<PostgresNotifications> logger) : IDisposable
{
    public const string Channel = "board";
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(2);

    private CancellationTokenSource? _stop;
    private Task _listening = Task.CompletedTask;
    private volatile bool _areComing;

    public bool AreComing => _areComing;

    public void Start()
    {
        if (database.Kind == DatabaseKind.PostgreSql && _stop is null)
        {
            _stop = new CancellationTokenSource();
            _listening = ListenAsync(_stop.Token);
        }
    }

    public async Task StopAsync()
    {
        if (_stop is { } stop)
        {
            await stop.CancelAsync();
            await _listening;
            stop.Dispose();
            _stop = null;
        }
    }

    public void Dispose() => _stop?.Dispose();

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                // Of its own: one that has been cut must not come to a request from the pool.
                await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(cancellationToken);
                }

                connection.Notification += (_, _) => head.Nudge();
                _areComing = true;

                // What was posted before the connection listened.
                head.Nudge();
                while (true)
                {
                    await connection.WaitAsync(cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                _areComing = false;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException)
            {
                _areComing = false;
                head.Nudge();
                LogLost(e);
                await Task.Delay(BeforeNextTry, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(21, LogLevel.Warning, "Notifications of PostgreSQL don't come; until they do, the board is looked at several times a second.")]
    private partial void LogLost(Exception exception);
}
