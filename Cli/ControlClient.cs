using System.Net;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli;

/// <summary>Talks to a running AppHost by its control socket. What the AppHost refuses becomes a <see cref="CliException"/> with the AppHost's own words.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly HttpClient _http;

    private ControlClient(string socketPath)
    {
        SocketPath = socketPath;
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, token) => await ConnectAsync(socketPath, token),
        })
        {
            BaseAddress = new Uri("http://localhost/v1/"),
            Timeout = Timeout.InfiniteTimeSpan,   // a restart lasts as long as it lasts
        };
    }

    public string SocketPath { get; }

    /// <summary>Finds the first of the places where an AppHost answers.</summary>
    /// <exception cref="CliException">There is none (<see cref="ExitCodes.NoAppHost"/>), or it is not for us.</exception>
    public static async Task<ControlClient> OpenAsync(IReadOnlyList<string> places, CancellationToken cancellationToken) =>
        await TryOpenAsync(places, cancellationToken)
        ?? throw new CliException(ExitCodes.NoAppHost, $"No AppHost is running: nothing answers at '{places[0]}'. './stack up' starts one.");

    /// <summary>As <see cref="OpenAsync"/>, null when there is none.</summary>
    public static async Task<ControlClient?> TryOpenAsync(IReadOnlyList<string> places, CancellationToken cancellationToken)
    {
        foreach (var place in places)
        {
            try
            {
                await using var probe = await ConnectAsync(place, cancellationToken);
                return new ControlClient(place);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
            {
                throw new CliException(ExitCodes.Failed, $"The control socket '{place}' belongs to another user. Run this as the user who runs the AppHost, or as root.", e);
            }
            catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
            {
                // Nobody there (or a path too long to be a socket): the next place.
            }
        }

        return null;
    }

    public Task<string> GetTextAsync(string path, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    });

    public async Task<StackStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        Read(await GetTextAsync("status", cancellationToken), ControlJson.Default.StackStatus);

    /// <summary>Null when the AppHost runs no dashboard.</summary>
    public async Task<DashboardAccess?> FindDashboardAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Read(await GetTextAsync("dashboard", cancellationToken), ControlJson.Default.DashboardAccess);
        }
        catch (CliException)
        {
            return null;
        }
    }

    /// <summary>Gives a command and returns when it is done.</summary>
    public Task<CommandResult> PostAsync(string path, string? json, CancellationToken cancellationToken) => PostAsync(path, json, ControlJson.Default.CommandResult, cancellationToken);

    /// <summary>Gives a command and returns at once.</summary>
    public Task<Operation> BeginAsync(string path, string? json, CancellationToken cancellationToken)
        => PostAsync($"{path}?wait=false", json, ControlJson.Default.Operation, cancellationToken);

    /// <summary>Opens an answer that may go on for long; the caller disposes it.</summary>
    public Task<HttpResponseMessage> OpenStreamAsync(string path, CancellationToken cancellationToken) =>
        GuardAsync(() => SendAsync(HttpMethod.Get, path, null, HttpCompletionOption.ResponseHeadersRead, cancellationToken));

    /// <summary>The events of an answer, until it ends or the AppHost does.</summary>
    public static async IAsyncEnumerable<SseItem<string>> ReadEventsAsync(
        HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var events = SseParser.Create(body).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveAsync(events))
        {
            yield return events.Current;
        }
    }

    public static T Read<T>(string json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("The answer is empty.");
        }
        catch (JsonException e)
        {
            throw new CliException(ExitCodes.Failed, $"The AppHost's answer is not understood: {e.Message} Is it of another version?", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<bool> MoveAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return false;   // the AppHost was killed: the stream is over all the same
        }
    }

    private static async Task<NetworkStream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
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

    private static async Task<T> GuardAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new CliException(ExitCodes.Failed, $"The AppHost ended before it had answered: {e.Message}", e);
        }
    }

    private Task<T> PostAsync<T>(string path, string? json, JsonTypeInfo<T> type, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        // Always a body: without one, .NET sends the request again when the AppHost goes before it answers, and the next AppHost would get the command once more.
        using var response = await SendAsync(HttpMethod.Post, path, json ?? "{}", HttpCompletionOption.ResponseContentRead, cancellationToken);
        return Read(await response.Content.ReadAsStringAsync(cancellationToken), type);
    });

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? json, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        var response = await _http.SendAsync(request, completion, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new CliException(ExitCodes.Failed, await DescribeAsync(response, cancellationToken));
        }
    }

    private static async Task<string> DescribeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.Content.Headers.ContentType?.MediaType == ControlProblem.MediaType
            ? Read(text, ControlJson.Default.ControlProblem).Detail
            : $"The AppHost answered {(int)response.StatusCode} {(response.StatusCode == HttpStatusCode.NotFound ? "(is it of another version?)" : text)}".TrimEnd();
    }
}
