using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using WebSite.Data;

namespace WebSite.Live;

/// <summary>Looks for new messages, and for changes of old ones, on behalf of all readers of this replica: only while there are any, and never once for each.</summary>
internal sealed partial class BoardWatch(
    BoardHead head, IDbContextFactory<BoardContext> contexts, PostgresNotifications notifications, TimeProvider time, ILogger<BoardWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Seldom = TimeSpan.FromSeconds(5);
    private bool _isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                if (head.Readers == 0)
                {
                    await notifications.StopAsync();
                    await head.NudgedAsync(stoppingToken);
                    continue;
                }

                notifications.Start();
                await LookAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await notifications.StopAsync();
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            head.MoveTo(await LiveMessages.NewestAsync(db, cancellationToken));
            _isFailing = false;
        }
        catch (Exception e) when (e is DbException or InvalidOperationException && !cancellationToken.IsCancellationRequested)
        {
            if (!_isFailing)
            {
                LogFailing(e);
            }

            _isFailing = true;
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var nudge = head.NudgedAsync(over.Token).AsTask();
        await Task.WhenAny(nudge, Task.Delay(notifications.AreComing ? Seldom : Often, time, over.Token));
        await over.CancelAsync();
        await ((Task)nudge).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(20, LogLevel.Warning, "The board can't be looked at for new messages; readers wait, and it is tried again several times a second.")]
    private partial void LogFailing(Exception exception);
}
