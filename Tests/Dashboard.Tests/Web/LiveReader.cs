using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Stack.Dashboard.Tests.Web;

/// <summary>Reads a live stream as the page's script does.</summary>
internal sealed class LiveReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _events;
    private readonly CancellationTokenSource _limit;
    private readonly List<string> _seen = [];

    private LiveReader(HttpResponseMessage response, Stream body, CancellationTokenSource limit)
    {
        (_response, _limit) = (response, limit);
        _events = SseParser.Create(body).EnumerateAsync(limit.Token).GetAsyncEnumerator();
    }

    public HttpResponseMessage Response => _response;

    public static async Task<LiveReader> OpenAsync(TestDashboard dashboard, string path)
    {
        var limit = TestDashboard.Limit();
        var response = await dashboard.Browser.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        response.EnsureSuccessStatusCode();
        return new LiveReader(response, await response.Content.ReadAsStreamAsync(limit.Token), limit);
    }

    /// <summary>The next event of this kind that meets the condition; others are skipped.</summary>
    public async Task<JsonElement> NextAsync(string kind, Func<JsonElement, bool>? condition = null)
    {
        try
        {
            while (await _events.MoveNextAsync())
            {
                var item = _events.Current;
                _seen.Add($"{item.EventType}: {item.Data}");
                if (item.EventType == kind && JsonElement.Parse(item.Data) is var data && (condition?.Invoke(data) ?? true))
                {
                    return data;
                }
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"No event '{kind}' as wanted came. Seen:\n{string.Join('\n', _seen)}", e);
        }

        throw new InvalidOperationException($"The stream ended before an event '{kind}' as wanted came. Seen:\n{string.Join('\n', _seen)}");
    }

    /// <summary>The next event, whatever it is.</summary>
    public async Task<(string Kind, JsonElement Data)> NextAsync()
    {
        JsonElement data = default;
        var kind = "";
        while (kind.Length == 0)
        {
            (await _events.MoveNextAsync()).ShouldBeTrue("The stream ended.");
            (kind, data) = (_events.Current.EventType, JsonElement.Parse(_events.Current.Data));
        }

        return (kind, data);
    }

    /// <summary>Reads until the server ends the stream.</summary>
    public async Task EndAsync()
    {
        while (await _events.MoveNextAsync())
        {
            _seen.Add(_events.Current.EventType);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _limit.CancelAsync();
        try
        {
            await _events.DisposeAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // Ended in the middle of a read.
        }

        _response.Dispose();
        _limit.Dispose();
    }
}
