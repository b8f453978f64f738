using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Control;

/// <summary>Passes commands on to the AppHost, goes on waiting when the browser no longer does, and notes each of them: in the audit, and as a log record of what it was given to.</summary>
internal sealed partial class CommandDesk(
    ControlClient client, StackWatch watch, TelemetryStore store, StackJournal journal, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<CommandDesk> logger)
{
    private const int Remembered = 50;

    /// <summary>How long a refusal that comes at once is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How long the pages tell of what went well, and of what did not.</summary>
    private static readonly TimeSpan ToldWhenDone = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ToldWhenFailed = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly List<GivenCommand> _given = [];
    private int _number;

    /// <summary>Commands that run, and those that have ended a short time ago, the newest first. Of those that ended only the last one of a target.</summary>
    public IReadOnlyList<GivenCommand> Recent
    {
        get
        {
            var now = time.GetUtcNow();
            lock (_lock)
            {
                return
                [
                    .. _given.AsEnumerable().Reverse().DistinctBy(c => c.EndedAt is null ? $"{c.Number}" : $"ended {c.Order.Target}")
                        .Where(c => c.EndedAt is not { } ended || now - ended < (c.Outcome is CommandOutcome.Done ? ToldWhenDone : ToldWhenFailed)),
                ];
            }
        }
    }

    /// <summary>Gives a command. Returns when its outcome is known, or after a moment: then it goes on by itself.</summary>
    public async Task<GivenCommand> GiveAsync(StackOrder order, string role, string address)
    {
        var given = Remember(order, role, address);
        var running = RunAsync(given);
        await Task.WhenAny(running, Task.Delay(Patience, time));
        return running.IsCompleted ? await running : given;
    }

    /// <summary>Notes that somebody wanted what he may not.</summary>
    public void Forbid(StackOrder order, string role, string address)
    {
        LogForbidden(order.Text, order.Target, role, address);
        Note(new AuditEntry(time.GetUtcNow(), role, address, order.Text, order.Target, nameof(CommandOutcome.Forbidden), "This token only reads."));
    }

    /// <summary>The newest first.</summary>
    public IReadOnlyList<AuditEntry> Audit(int limit, long? before) => store.Catalogue.Audit.Newest(limit, before ?? long.MaxValue);

    private GivenCommand Remember(StackOrder order, string role, string address)
    {
        var now = time.GetUtcNow();
        var id = Note(new AuditEntry(now, role, address, order.Text, order.Target, nameof(CommandOutcome.Running), null));
        var given = new GivenCommand(Interlocked.Increment(ref _number), order, role, address, now) { AuditId = id };
        LogGiven(order.Text, order.Target, role, address);
        lock (_lock)
        {
            _given.Add(given);
            if (_given.Count > Remembered && _given.FindIndex(c => c.EndedAt is not null) is >= 0 and var oldest)
            {
                _given.RemoveAt(oldest);
            }
        }

        watch.Nudge();
        return given;
    }

    private async Task<GivenCommand> RunAsync(GivenCommand given)
    {
        var (outcome, message) = await SendAsync(given.Order);
        var ended = given with { Outcome = outcome, Message = message, EndedAt = time.GetUtcNow() };
        lock (_lock)
        {
            _given[_given.IndexOf(given)] = ended;
        }

        Finish(ended);
        journal.Tell(ended, watch.Current);
        watch.Nudge();
        return ended;
    }

    private async Task<(CommandOutcome Outcome, string? Message)> SendAsync(StackOrder order)
    {
        try
        {
            return (CommandOutcome.Done, await client.GiveAsync(order, lifetime.ApplicationStopping));
        }
        catch (ControlRefusedException e)
        {
            return (e.WasTried ? CommandOutcome.Failed : CommandOutcome.Refused, e.Message);
        }
        catch (OperationCanceledException)
        {
            return (CommandOutcome.Unknown, "The dashboard ended before the answer came.");
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError)
        {
            return (CommandOutcome.Failed, $"It was not given: no AppHost answers on '{client.SocketPath}'.");
        }
        catch (Exception e)
        {
            return (CommandOutcome.Unknown, $"The connection to the AppHost broke before the answer came; what was begun goes on. {e.Message}");
        }
    }

    // A full disk must not keep anybody from stopping something; the log has it then.
    private long? Note(AuditEntry entry)
    {
        try
        {
            return store.Catalogue.Audit.Add(entry);
        }
        catch (StoreException e)
        {
            LogNotNoted(e, entry.Command, entry.Target);
            return null;
        }
    }

    private void Finish(GivenCommand ended)
    {
        try
        {
            if (ended.AuditId is { } id)
            {
                store.Catalogue.Audit.Finish(id, ended.Outcome.ToString(), ended.Message);
            }
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException or InvalidOperationException)
        {
            LogNotNoted(e, ended.Order.Text, ended.Order.Target);
        }
    }

    [LoggerMessage(7601, LogLevel.Information, "Command '{Command}' on '{Instance}' by {Role} from {Address}.")]
    private partial void LogGiven(string command, string instance, string role, string address);

    [LoggerMessage(7602, LogLevel.Error, "Command '{Command}' on '{Instance}' could not be noted in the audit.")]
    private partial void LogNotNoted(Exception e, string command, string instance);

    [LoggerMessage(7603, LogLevel.Warning, "Command '{Command}' on '{Instance}' was refused: {Role} from {Address} may only read.")]
    private partial void LogForbidden(string command, string instance, string role, string address);
}

/// <summary>A command that was given from a page.</summary>
/// <param name="Number">Tells it from others.</param>
/// <param name="Order">The command.</param>
/// <param name="Role">Who gave it.</param>
/// <param name="Address">From where.</param>
/// <param name="Time">When.</param>
internal sealed record GivenCommand(int Number, StackOrder Order, string Role, string Address, DateTimeOffset Time)
{
    public long? AuditId { get; init; }

    public CommandOutcome Outcome { get; init; }

    /// <summary>What the AppHost answered, word by word.</summary>
    public string? Message { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>What became of a command.</summary>
internal enum CommandOutcome
{
    Running,

    /// <summary>Its goal is reached.</summary>
    Done,

    /// <summary>It was tried and given up.</summary>
    Failed,

    /// <summary>Nothing was done: something else is under way, or it can't be.</summary>
    Refused,

    /// <summary>Who gave it may not.</summary>
    Forbidden,

    /// <summary>No answer came.</summary>
    Unknown,
}
