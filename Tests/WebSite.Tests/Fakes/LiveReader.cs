using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Testing;
using WebSite.Live;

namespace WebSite.Tests.Fakes;

/// <summary>Follows the board as the page's script does, by events or by long polls, and goes on at the next replica when one ends. It notes what it saw.</summary>
internal sealed class LiveReader : IAsyncDisposable
{
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _client = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int, Uri> _replica;
    private readonly List<LiveMessage> _seen = [];
    private readonly Task _reading;
    private int _connections;
    private volatile bool _isConnected;
    private readonly Dictionary<long, string?> _changed = [];
    private long _cursor;
    private long? _change;

    /// <param name="replica">Where each connection goes.</param>
    /// <param name="events">By events; else by long polls.</param>
    /// <param name="after">The message to begin after.</param>
    /// <param name="change">The change to begin after; null: changes are not followed.</param>
    public LiveReader(Func<int, Uri> replica, bool events, long after = 0, long? change = null)
    {
        (_replica, _cursor, _change) = (replica, after, change);
        _reading = Task.Run(() => ReadAsync(events));
    }

    /// <summary>Reads from one replica alone.</summary>
    public LiveReader(Uri replica, bool events, long after = 0, long? change = null)
        : this(_ => replica, events, after, change)
    {
    }

    public int Connections => Volatile.Read(ref _connections);

    public IReadOnlyList<LiveMessage> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen];
            }
        }
    }

    /// <summary>What became of messages, by their number: the text that they have now, or null.</summary>
    public IReadOnlyDictionary<long, string?> Changed
    {
        get
        {
            lock (_seen)
            {
                return new Dictionary<long, string?>(_changed);
            }
        }
    }

    public Task ConnectedAsync() => Wait.Until(() => _isConnected);

    public Task SeesAsync(int count) => Wait.Until(() => Seen.Count >= count, () => $"{Seen.Count} of {count}: {string.Join(", ", Seen.Select(m => m.Id))}");

    /// <summary>Each message once, in the order of their ids.</summary>
    public void ShouldHaveSeenOnce(IEnumerable<string> texts)
    {
        Seen.Select(m => m.Id).ShouldBe(Seen.Select(m => m.Id).Distinct().Order());
        Seen.Select(m => m.Text).Order(StringComparer.Ordinal).ShouldBe(texts.Order(StringComparer.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync(bool events)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var replica = _replica(Interlocked.Increment(ref _connections) - 1);
                await (events ? EventsAsync(replica) : PollAsync(replica));
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                await Task.Delay(BeforeNextTry, TimeProvider.System);
            }
        }
    }

    private async Task EventsAsync(Uri replica)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(replica, "/live/events")) { Headers = { { "Last-Event-ID", new Position(_cursor, _change).ToString() } } };
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _stop.Token);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync(_stop.Token);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(_stop.Token))
        {
            _isConnected = true;
            if (item.EventType == "message")
            {
                Note(JsonSerializer.Deserialize<LiveMessage>(item.Data, JsonSerializerOptions.Web)!);
            }
            else if (item.EventType == "change")
            {
                Note(JsonSerializer.Deserialize<LiveChange>(item.Data, JsonSerializerOptions.Web)!);
                _change = Position.Parse(item.EventId)?.Change ?? _change;
            }
        }
    }

    private async Task PollAsync(Uri replica)
    {
        _isConnected = true;
        var batch = (await _client.GetFromJsonAsync<LiveBatch>(new Uri(replica, $"/live/messages?after={_cursor}&change={_change}"), _stop.Token))!;
        foreach (var message in batch.Messages)
        {
            Note(message);
        }

        foreach (var change in batch.Changes)
        {
            Note(change);
        }

        (_cursor, _change) = (batch.Cursor, batch.Change);
    }

    private void Note(LiveChange change)
    {
        lock (_seen)
        {
            _changed[change.Id] = change.Text;
        }
    }

    private void Note(LiveMessage message)
    {
        lock (_seen)
        {
            _seen.Add(message);
        }

        _cursor = message.Id;
    }
}
