using System.Net;
using System.Text;

namespace EndToEnd;

/// <summary>A form that a replica is being sent, slowly, until it is told that this is all: a request in flight for as long as the test wants.</summary>
internal sealed class HeldRequest(SocketsHttpHandler connections, Uri replica) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly HttpClient _client = new(connections) { BaseAddress = replica, Timeout = Limit };
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<HttpResponseMessage>? _answer;

    /// <summary>Fetches the form to sign up, and begins to send it.</summary>
    public async Task StartAsync()
    {
        connections.AllowAutoRedirect = false;
        connections.PooledConnectionLifetime = TimeSpan.Zero;
        var form = BoardForm.Of(await _client.GetStringAsync(new Uri("/sign-up", UriKind.Relative)), "member");
        var fields = form.Hidden.Select(h => $"{WebUtility.UrlEncode(h.Key)}={WebUtility.UrlEncode(h.Value)}");
        _answer = _client.PostAsync(new Uri(form.Action, UriKind.Relative), new Content($"Name=Held&Password=correct+horse&{string.Join('&', fields)}&rest=", _begun, _end.Task));
        await _begun.Task.WaitAsync(Limit);
    }

    /// <summary>Waits until the replica takes no new connections, so that it is on its way to its end.</summary>
    public Task UntilNobodyListensAsync() => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                (await _client.GetAsync(new Uri("/alive", UriKind.Relative))).Dispose();
                return false;
            }
            catch (HttpRequestException)
            {
                return true;
            }
        },
        Limit,
        () => Task.FromResult($"{replica} takes connections"));

    /// <summary>Sends the rest; how it was answered.</summary>
    public async Task<HttpStatusCode> EndAsync()
    {
        _end.SetResult();
        using var answer = await _answer!;
        return answer.StatusCode;
    }

    public void Dispose()
    {
        _end.TrySetResult();
        _client.Dispose();
    }

    private sealed class Content : HttpContent
    {
        private readonly string _fields;
        private readonly TaskCompletionSource _begun;
        private readonly Task _end;

        public Content(string fields, TaskCompletionSource begun, Task end)
        {
            (_fields, _begun, _end) = (fields, begun, end);
            Headers.ContentType = new("application/x-www-form-urlencoded");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(_fields));
            var filler = Encoding.ASCII.GetBytes(new string('x', 500));

            // Kestrel gives up on who sends less than 240 bytes a second.
            for (var isFirst = true; isFirst || !_end.IsCompleted; isFirst = false)
            {
                await stream.WriteAsync(filler);
                await stream.FlushAsync();
                _begun.TrySetResult();
                await Task.WhenAny(_end, Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
