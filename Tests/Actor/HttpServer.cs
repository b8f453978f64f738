using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Actor;

/// <summary>Answers every request on 127.0.0.1 with its process id, and its version if it has one: 503 at first, 200 when it is ready. Ends with 0 on TERM. A request of <c>/hang</c> makes it hang.</summary>
internal static class HttpServer
{
    public static async Task RunAsync(int port, int readyAfterMilliseconds, string? version = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var listener = new TcpListener(IPAddress.Loopback, port);
        using var stop = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        listener.Start();
        Console.WriteLine($"serving on {port}");
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                var isReady = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds >= readyAfterMilliseconds;
                await AnswerAsync(client, isReady ? "200 OK" : "503 Service Unavailable", version is null ? $"{Environment.ProcessId}" : $"{version} {Environment.ProcessId}", stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // TERM.
        }
    }

    private static async Task AnswerAsync(TcpClient client, string status, string body, CancellationToken cancellationToken)
    {
        try
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            if (await reader.ReadLineAsync(cancellationToken) is { } request && request.StartsWith("GET /hang ", StringComparison.Ordinal))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
            }

            while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 })
            {
                // The request is read to its end, but does not matter.
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), cancellationToken);
        }
        catch (IOException)
        {
            // The client has left.
        }
    }
}
