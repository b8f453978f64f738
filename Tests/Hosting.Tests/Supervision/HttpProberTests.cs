using System.Net;
using System.Net.Sockets;
using System.Text;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

public class HttpProberTests
{
    private readonly HttpProber _prober = new();

    [Theory]
    [InlineData("200 OK", true, "answered 200")]
    [InlineData("204 No Content", false, "answered 204 instead of 200")]
    [InlineData("302 Found\r\nLocation: /elsewhere", false, "answered 302 instead of 200")]
    [InlineData("404 Not Found", false, "answered 404 instead of 200")]
    [InlineData("500 Internal Server Error", false, "answered 500 instead of 200")]
    public async Task Only_the_declared_status_is_a_success(string status, bool success, string text)
    {
        using var server = new OneAnswerServer($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        var result = await _prober.ProbeAsync(new ProbeSpec(server.Url), CancellationToken.None);

        result.ShouldBe(new ProbeResult(success, text));
        server.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task Another_status_can_be_declared()
    {
        using var server = new OneAnswerServer("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");

        var result = await _prober.ProbeAsync(new ProbeSpec(server.Url, ExpectedStatus: 204), CancellationToken.None);

        result.IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task Refused_connection_is_no_success()
    {
        var result = await _prober.ProbeAsync(new ProbeSpec(new Uri($"http://127.0.0.1:{FreePort.Next()}/health")), CancellationToken.None);

        result.ShouldBe(new ProbeResult(false, "refused the connection"));
    }

    [Fact]
    public async Task Silence_is_no_success()
    {
        using var server = new OneAnswerServer(answer: null);

        var result = await _prober.ProbeAsync(new ProbeSpec(server.Url) { Timeout = TimeSpan.FromSeconds(0.2) }, CancellationToken.None);

        result.ShouldBe(new ProbeResult(false, "did not answer within 0.2 s"));
    }

    /// <summary>Answers each connection with the same bytes.</summary>
    private sealed class OneAnswerServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _ended = new();
        private readonly Task _loop;
        private int _requests;

        public OneAnswerServer(string? answer)
        {
            _listener.Start();
            _loop = RunAsync(answer);
        }

        public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/health");

        public int Requests => _requests;

        public void Dispose()
        {
            _ended.Cancel();
            _loop.Wait(Wait.Patience);
            _listener.Dispose();
            _ended.Dispose();
        }

        private async Task RunAsync(string? answer)
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync(_ended.Token);
                    var read = new byte[4096];
                    _ = await client.GetStream().ReadAsync(read, _ended.Token);
                    _requests++;
                    if (answer is null)
                    {
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _ended.Token);
                    }

                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer!), _ended.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // Disposed.
            }
        }
    }
}
