using System.Net;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Control;

/// <summary>Speaks HTTP with the AppHost over its control socket: the status, its changes, and console output.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="socketPath">Null: the dashboard runs alone and shows telemetry only.</param>
    public ControlClient(string? socketPath)
    {
        SocketPath = socketPath;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectTimeout = TimeSpan.FromSeconds(5),
        })
        {
            BaseAddress = new Uri("http://control/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Where the socket is; null when the dashboard runs alone.</summary>
    public string? SocketPath { get; }

    /// <summary>The whole stack at this moment.</summary>
    public async Task<StackStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        await _http.GetFromJsonAsync("v1/status", ControlJson.Default.StackStatus, cancellationToken)
        ?? throw new InvalidDataException("The AppHost answered 'null' to GET /v1/status.");

    /// <summary>A snapshot, then each change, until the AppHost closes the stream. Kinds of events that are not known here are left out.</summary>
    public async IAsyncEnumerable<ControlEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync("v1/events", cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var events = SseParser.Create(body, ParseEvent);
        await foreach (var item in events.EnumerateAsync(cancellationToken))
        {
            if (item.Data is { } known)
            {
                yield return known;
            }
        }
    }

    /// <summary>Console output: raw bytes for a replica, a stream of <c>line</c> events for a resource with replicas. The caller disposes the answer.</summary>
    public Task<HttpResponseMessage> OpenLogsAsync(string name, int? tail, bool follow, CancellationToken cancellationToken)
    {
        var query = new List<string>();
        if (tail is { } lines)
        {
            query.Add($"tail={lines}");
        }

        if (follow)
        {
            query.Add("follow=true");
        }

        return SendAsync($"v1/logs/{Uri.EscapeDataString(name)}{(query.Count > 0 ? "?" : "")}{string.Join('&', query)}", cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string path, CancellationToken cancellationToken)
    {
        var response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new ControlRefusedException(response.StatusCode, await ReadReasonAsync(response, cancellationToken));
        }
    }

    private static async Task<string> ReadReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            using var problem = JsonDocument.Parse(text);
            foreach (var field in (ReadOnlySpan<string>)["detail", "title"])
            {
                if (problem.RootElement.TryGetProperty(field, out var value) && value.ValueKind is JsonValueKind.String)
                {
                    return value.GetString()!;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not problem details: the text itself is the reason.
        }

        return text.Length > 0 ? text : $"The AppHost answered {(int)response.StatusCode}.";
    }

    private static ControlEvent? ParseEvent(string kind, ReadOnlySpan<byte> data) => kind switch
    {
        "snapshot" when JsonSerializer.Deserialize(data, ControlJson.Default.StackStatus) is { } status => new ControlEvent.Snapshot(status),
        "state" or "health" or "traffic" or "rollout" when JsonSerializer.Deserialize(data, ControlJson.Default.ResourceChange) is { } change => new ControlEvent.Changed(change),
        "gap" => new ControlEvent.Gap(),
        _ => null,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var path = SocketPath ?? throw new InvalidOperationException("The dashboard has no control socket: set Dashboard:Control:SocketPath.");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>One event of the control socket.</summary>
internal abstract record ControlEvent
{
    /// <summary>Everything, anew.</summary>
    public sealed record Snapshot(StackStatus Status) : ControlEvent;

    /// <summary>One resource is different.</summary>
    public sealed record Changed(ResourceChange Change) : ControlEvent;

    /// <summary>Events were lost; a snapshot follows.</summary>
    public sealed record Gap : ControlEvent;
}

/// <summary>The AppHost said no; the message is its reason, word by word.</summary>
internal sealed class ControlRefusedException(HttpStatusCode status, string reason) : Exception(reason)
{
    public HttpStatusCode Status { get; } = status;
}
