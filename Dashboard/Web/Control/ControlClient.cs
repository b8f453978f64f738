using System.Net;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Control;

/// <summary>Speaks HTTP with the AppHost over its control socket: the status, its changes, details, console output, and commands.</summary>
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

    /// <summary>What is to know of a resource, or a replica, beyond the status.</summary>
    /// <exception cref="ControlRefusedException">The AppHost knows no such name.</exception>
    public async Task<ResourceDetails> GetDetailsAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, $"v1/resources/{Uri.EscapeDataString(name)}", null, cancellationToken);
        return await response.Content.ReadFromJsonAsync(ControlJson.Default.ResourceDetails, cancellationToken)
            ?? throw new InvalidDataException($"The AppHost answered 'null' to GET /v1/resources/{name}.");
    }

    /// <summary>The releases of a site.</summary>
    /// <exception cref="ControlRefusedException">The AppHost knows no such resource.</exception>
    public async Task<ReleaseList> GetReleasesAsync(string resource, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, $"v1/{Uri.EscapeDataString(resource)}/releases", null, cancellationToken);
        return await response.Content.ReadFromJsonAsync(ControlJson.Default.ReleaseList, cancellationToken)
            ?? throw new InvalidDataException($"The AppHost answered 'null' to GET /v1/{resource}/releases.");
    }

    /// <summary>Gives a command and waits until its goal is reached or given up; the AppHost goes on with it when the wait ends. Its answer may be null.</summary>
    /// <exception cref="ControlRefusedException">It was refused, or tried and given up; the message is the AppHost's.</exception>
    public async Task<string?> GiveAsync(StackOrder order, CancellationToken cancellationToken)
    {
        using var content = new StringContent(order.Body, Encoding.UTF8, "application/json");
        using var response = await SendAsync(HttpMethod.Post, $"v1/{order.Path}", content, cancellationToken);
        return (await response.Content.ReadFromJsonAsync(ControlJson.Default.CommandResult, cancellationToken))?.Message;
    }

    /// <summary>A snapshot, then each change, until the AppHost closes the stream. Kinds of events that are not known here are left out.</summary>
    public async IAsyncEnumerable<ControlEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, "v1/events", null, cancellationToken);
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

    /// <summary>Console output: raw bytes for a replica, a stream of <c>line</c> events for a resource with replicas, or when lines are asked for. The caller disposes the answer.</summary>
    public Task<HttpResponseMessage> OpenLogsAsync(string name, int? tail, bool follow, bool asLines, CancellationToken cancellationToken)
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

        var path = $"v1/logs/{Uri.EscapeDataString(name)}{(query.Count > 0 ? "?" : "")}{string.Join('&', query)}";
        return SendAsync(HttpMethod.Get, path, null, cancellationToken, accept: asLines ? "text/event-stream" : null);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (accept is not null)
        {
            request.Headers.Add("Accept", accept);
        }

        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var (reason, wasTried) = await ReadReasonAsync(response, cancellationToken);
            throw new ControlRefusedException(response.StatusCode, reason) { WasTried = wasTried };
        }
    }

    private static async Task<(string Reason, bool WasTried)> ReadReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            if (JsonSerializer.Deserialize(text, ControlJson.Default.ControlProblem) is { } problem)
            {
                return (problem.Detail, problem.Outcome is "Failed");
            }
        }
        catch (JsonException)
        {
            // Not problem details: the text itself is the reason.
        }

        return (text.Length > 0 ? text : $"The AppHost answered {(int)response.StatusCode}.", false);
    }

    private static ControlEvent? ParseEvent(string kind, ReadOnlySpan<byte> data) => kind switch
    {
        "snapshot" when JsonSerializer.Deserialize(data, ControlJson.Default.StackStatus) is { } status => new ControlEvent.Snapshot(status),
        "state" or "health" or "traffic" or "rollout" when JsonSerializer.Deserialize(data, ControlJson.Default.ResourceChange) is { } change => new ControlEvent.Changed(change),
        "alert" when JsonSerializer.Deserialize(data, ControlJson.Default.StackAlert) is { } alert => new ControlEvent.Alerted(alert),
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

    /// <summary>Something that somebody should look at.</summary>
    public sealed record Alerted(StackAlert Alert) : ControlEvent;

    /// <summary>Events were lost; a snapshot follows.</summary>
    public sealed record Gap : ControlEvent;
}

/// <summary>The AppHost said no; the message is its reason, word by word.</summary>
internal sealed class ControlRefusedException(HttpStatusCode status, string reason) : Exception(reason)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>Of a command: it was begun and given up. Else nothing was done.</summary>
    public bool WasTried { get; init; }
}
