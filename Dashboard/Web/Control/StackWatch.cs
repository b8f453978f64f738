using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Control;

/// <summary>Follows the AppHost's status as long as the dashboard runs, and tells whoever waits that it changed.</summary>
internal sealed partial class StackWatch(ControlClient client, TimeProvider time, ILogger<StackWatch> logger) : BackgroundService
{
    /// <summary>Memory is not part of the events, and a hung AppHost keeps its socket open: the status is asked for this often as well.</summary>
    internal TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets each two views that follow one another, in order and one at a time; it must not take long.</summary>
    internal Action<StackView, StackView>? Changed { get; init; }

    /// <summary>Gets what somebody should look at.</summary>
    internal Action<StackAlert>? Alerted { get; init; }

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = NewSignal();
    private StackView _current = new() { Connection = client.SocketPath is null ? StackConnection.Alone : StackConnection.Connecting };

    /// <summary>What is known now.</summary>
    public StackView Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    /// <summary>What is known now, then each later view. A slow reader gets the newest one, not all of them.</summary>
    public async IAsyncEnumerable<StackView> ChangesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            StackView view;
            lock (_lock)
            {
                (view, next) = (_current, _changed.Task);
            }

            yield return view;
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Has the pages look again: something that they show beside the status is different.</summary>
    public void Nudge() => Update(view => view with { });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (client.SocketPath is null)
        {
            return;
        }

        var delay = FirstRetry;
        while (!stoppingToken.IsCancellationRequested)
        {
            var heard = false;
            var problem = "The AppHost closed the connection.";
            try
            {
                heard = await FollowAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                heard = Current.Connection is StackConnection.Connected;
                problem = Describe(e);
            }

            Lose(problem);
            delay = heard ? FirstRetry : TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, LastRetry.Ticks));
            await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads events until the stream ends; true when at least one snapshot came.</summary>
    private async Task<bool> FollowAsync(CancellationToken stopping)
    {
        using var connection = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var heard = false;
        var polling = PollAsync(connection);
        try
        {
            await foreach (var item in client.WatchAsync(connection.Token))
            {
                switch (item)
                {
                    case ControlEvent.Snapshot { Status: var status }:
                        heard = true;
                        Accept(status);
                        break;
                    case ControlEvent.Changed { Change: var change }:
                        Accept(change);
                        break;
                    case ControlEvent.Alerted { Alert: var alert }:
                        Alerted?.Invoke(alert);
                        break;
                    case ControlEvent.Gap:
                        LogGap();
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The poll gave up and ended the stream; its own exception says why.
        }
        finally
        {
            await connection.CancelAsync();
            await polling;
        }

        return heard;
    }

    /// <summary>Asks for the status now and then; no answer ends the whole connection.</summary>
    private async Task PollAsync(CancellationTokenSource connection)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(connection.Token))
            {
                using var limit = new CancellationTokenSource(PollInterval, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(connection.Token, limit.Token);
                try
                {
                    Accept(await client.GetStatusAsync(either.Token));
                }
                catch (OperationCanceledException e) when (limit.IsCancellationRequested && !connection.IsCancellationRequested)
                {
                    await connection.CancelAsync();
                    throw new TimeoutException($"The AppHost has not answered for {PollInterval.TotalSeconds:0} seconds.", e);
                }
            }
        }
        catch (OperationCanceledException) when (connection.IsCancellationRequested)
        {
            // The connection ended otherwise.
        }
        catch
        {
            await connection.CancelAsync();
            throw;
        }
    }

    private void Accept(StackStatus status) => Update(view =>
        view.Connection is StackConnection.Connected && view.Status is { } known && status.Seq < known.Seq
            ? view
            : new StackView { Status = status, Connection = StackConnection.Connected, AsOf = time.GetUtcNow() });

    private void Accept(ResourceChange change) => Update(view =>
    {
        if (view.Status is not { } known || change.Seq <= known.Seq)
        {
            return view;
        }

        var resources = known.Resources.ToList();
        var at = resources.FindIndex(r => r.Name == change.Resource.Name);
        if (at < 0)
        {
            resources.Add(change.Resource);
        }
        else
        {
            resources[at] = change.Resource;
        }

        return view with { Status = known with { Seq = change.Seq, Resources = resources }, AsOf = time.GetUtcNow() };
    });

    private void Lose(string problem)
    {
        if (Current.Connection is not StackConnection.Lost)
        {
            LogLost(client.SocketPath!, problem);
        }

        Update(view => view.Connection is StackConnection.Lost && view.Problem == problem
            ? view
            : view with { Connection = StackConnection.Lost, Problem = problem });
    }

    private void Update(Func<StackView, StackView> change)
    {
        TaskCompletionSource signal;
        bool connected;
        lock (_lock)
        {
            var next = change(_current);
            if (ReferenceEquals(next, _current))
            {
                return;
            }

            connected = next.Connection is StackConnection.Connected && _current.Connection is not StackConnection.Connected;
            Changed?.Invoke(_current, next);
            _current = next;
            (signal, _changed) = (_changed, NewSignal());
        }

        if (connected)
        {
            LogConnected(client.SocketPath!);
        }

        signal.SetResult();
    }

    private string Describe(Exception e) => e switch
    {
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.ConnectionRefused } } or
        HttpRequestException { InnerException: SocketException { NativeErrorCode: 2 } } => $"No AppHost listens on '{client.SocketPath}'.",
        HttpRequestException { InnerException: SocketException inner } => $"The AppHost's socket '{client.SocketPath}' cannot be reached: {inner.Message}.",
        HttpRequestException { InnerException: IOException } or IOException => "The connection to the AppHost broke.",
        _ => e.Message,
    };

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(7301, LogLevel.Information, "Connected to the AppHost on '{Socket}'.")]
    private partial void LogConnected(string socket);

    [LoggerMessage(7302, LogLevel.Warning, "Lost the AppHost on '{Socket}': {Problem} Trying again until it answers; pages show the last known state.")]
    private partial void LogLost(string socket, string problem);

    [LoggerMessage(7303, LogLevel.Information, "The AppHost skipped events for this dashboard; a new snapshot follows.")]
    private partial void LogGap();
}
