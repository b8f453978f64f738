using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace EndToEnd;

/// <summary>People on the board, through the gateway: members who post one message after another and readers who follow, by events and by long polls. It notes what went wrong, what was taken and what each reader saw.</summary>
internal sealed class BoardTraffic : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _run = $"{Guid.NewGuid():N}"[..8];
    private readonly CancellationTokenSource _stopWriting = new();
    private readonly CancellationTokenSource _stopReading = new();
    private readonly ConcurrentQueue<string> _failures = [];
    private readonly ConcurrentQueue<string> _taken = [];
    private readonly List<Reader> _readers = [];
    private readonly List<Task> _reading = [];
    private Task _writing = Task.CompletedTask;
    private int _connected;

    private readonly HttpClient _reader = new(new SocketsHttpHandler { MaxConnectionsPerServer = 2000 }) { BaseAddress = BoardMember.Gateway, Timeout = Timeout.InfiniteTimeSpan };

    public int Taken => _taken.Count;

    /// <summary>Signs the writers up, connects the readers, and lets all begin.</summary>
    public static async Task<BoardTraffic> StartAsync(int writers, int events, int polls, TimeSpan pause)
    {
        var traffic = new BoardTraffic();
        using var first = await traffic._reader.GetAsync(new Uri("/live/messages", UriKind.Relative));
        var cursor = JsonElement.Parse(await first.Content.ReadAsStringAsync()).GetProperty("cursor").GetInt64();
        for (var i = 0; i < events + polls; i++)
        {
            var reader = new Reader { Cursor = cursor };
            traffic._readers.Add(reader);
            traffic._reading.Add(i < events ? traffic.FollowAsync(reader, traffic.EventsAsync) : traffic.FollowAsync(reader, traffic.PollAsync));
        }

        await Eventually.TrueAsync(() => Task.FromResult(traffic._connected == events + polls), Limit, () => Task.FromResult($"{traffic._connected} readers are connected: {string.Join("; ", traffic._failures)}"));
        var members = await Task.WhenAll(Enumerable.Range(0, writers).Select(i => BoardMember.SignUpAsync($"W{i}-{traffic._run}")));
        traffic._writing = Task.WhenAll(members.Select((member, i) => Task.Run(() => traffic.WriteAsync(member, i, pause))));
        return traffic;
    }

    /// <summary>Ends it, and checks that every message that was taken is on the board once, and reached every reader once, in its order.</summary>
    public async Task ShouldHaveLostNothingAsync()
    {
        await _stopWriting.CancelAsync();
        await _writing;
        _failures.ShouldBeEmpty();
        _taken.Count.ShouldBeGreaterThan(10);
        var expected = _taken.Order(StringComparer.Ordinal).ToList();
        await Eventually.TrueAsync(
            () => Task.FromResult(_readers.TrueForAll(r => r.Seen.Count >= expected.Count)), Limit,
            () => Task.FromResult($"{expected.Count} were posted; readers have seen from {_readers.Min(r => r.Seen.Count)} to {_readers.Max(r => r.Seen.Count)}"));
        await _stopReading.CancelAsync();
        await Task.WhenAll(_reading);
        foreach (var reader in _readers)
        {
            reader.Seen.Select(m => m.Text).Order(StringComparer.Ordinal).ShouldBe(expected);
            reader.Seen.Select(m => m.Id).ShouldBeInOrder();
        }

        _failures.ShouldBeEmpty();
        (await OnTheBoardAsync()).Order(StringComparer.Ordinal).ShouldBe(expected);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopWriting.CancelAsync();
        await _stopReading.CancelAsync();
        await Task.WhenAll(_reading.Append(_writing));
        _reader.Dispose();
        _stopWriting.Dispose();
        _stopReading.Dispose();
    }

    private async Task WriteAsync(BoardMember member, int number, TimeSpan pause)
    {
        using (member)
        {
            for (var i = 0; !_stopWriting.IsCancellationRequested; i++)
            {
                var text = $"{_run} {number}-{i}";
                try
                {
                    await member.IsSignedInAsync();
                    await member.TakenAsync(await member.FormAsync("/", "post"), ("Text", text));
                    _taken.Enqueue(text);
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ShouldAssertException)
                {
                    _failures.Enqueue($"{text}: {e.Message}");
                }

                await Task.Delay(pause, TimeProvider.System);
            }
        }
    }

    private async Task FollowAsync(Reader reader, Func<Reader, Task> once)
    {
        await Task.Yield();
        while (!_stopReading.IsCancellationRequested)
        {
            try
            {
                await once(reader);
            }
            catch (OperationCanceledException) when (_stopReading.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                _failures.Enqueue($"reader: {e.Message}");
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    private async Task EventsAsync(Reader reader)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/live/events") { Headers = { { "Last-Event-ID", $"{reader.Cursor}" } } };
        using var answer = await _reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _stopReading.Token);
        answer.EnsureSuccessStatusCode();
        reader.Connect(ref _connected);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(_stopReading.Token));
        while (await ReadLineAsync(lines) is { } line)
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal))
            {
                reader.Note(JsonElement.Parse(line["data: ".Length..]), _run);
            }
        }
    }

    // A stream that its replica ends, or the gateway cuts, is not lost: the reader goes on from its cursor.
    private async Task<string?> ReadLineAsync(StreamReader lines)
    {
        try
        {
            return await lines.ReadLineAsync(_stopReading.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return null;
        }
    }

    private async Task PollAsync(Reader reader)
    {
        reader.Connect(ref _connected);
        using var answer = await _reader.GetAsync(new Uri($"/live/messages?after={reader.Cursor}", UriKind.Relative), _stopReading.Token);
        answer.EnsureSuccessStatusCode();
        var batch = JsonElement.Parse(await answer.Content.ReadAsStringAsync(_stopReading.Token));
        foreach (var message in batch.GetProperty("messages").EnumerateArray())
        {
            reader.Note(message, _run);
        }

        reader.Cursor = batch.GetProperty("cursor").GetInt64();
    }

    private async Task<IReadOnlyList<string>> OnTheBoardAsync()
    {
        List<string> texts = [];
        for (var path = $"/?q={_run}"; path is not null;)
        {
            var page = await _reader.GetStringAsync(new Uri(path, UriKind.Relative));
            texts.AddRange(page.Split("<p class=\"text\">").Skip(1).Select(rest => rest[..rest.IndexOf('<', StringComparison.Ordinal)]));
            path = page.Split("<a rel=\"next\" href=\"").Skip(1).Select(rest => WebUtility.HtmlDecode(rest[..rest.IndexOf('"', StringComparison.Ordinal)])).FirstOrDefault();
        }

        return texts;
    }

    private sealed class Reader
    {
        private bool _isConnected;

        public long Cursor { get; set; }

        /// <summary>The messages of this run.</summary>
        public List<(long Id, string Text)> Seen { get; } = [];

        public void Connect(ref int count)
        {
            if (!_isConnected)
            {
                _isConnected = true;
                Interlocked.Increment(ref count);
            }
        }

        public void Note(JsonElement message, string run)
        {
            Cursor = message.GetProperty("id").GetInt64();
            if (message.GetProperty("text").GetString() is { } text && text.StartsWith(run, StringComparison.Ordinal))
            {
                Seen.Add((Cursor, text));
            }
        }
    }
}
