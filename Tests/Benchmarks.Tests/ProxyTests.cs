using System.Text.Json;
using Gateway;
using Gateway.Proxies;
using Stack.Hosting.Nginx.Tests.Serving;

namespace Benchmarks.Tests;

/// <summary>The proxies of the gateway benchmark are what its tables call them.</summary>
public sealed class ProxyTests : IAsyncLifetime, IDisposable
{
    private readonly Bench _bench = new(TestContext.Current.CancellationToken);
    private TestSite? _site;

    [Fact]
    [Trait("kind", "process")]
    public async Task The_classic_configuration_opens_a_connection_for_each_request()
    {
        var port = FreePort.Next();
        using var classic = ProxyProcess.StartNginx(_bench, Proxy.Classic, ClassicConfig.Write(_bench.NewFolder("classic"), port, [_site!.Port]), port);

        var (requests, connections) = await SendAsync(port, 20);

        requests.ShouldBe(20);
        connections.ShouldBe(20);
    }

    [Fact]
    [Trait("kind", "slow")] // HAProxy is there only for these tests
    public async Task HAProxy_uses_its_connections_again()
    {
        var port = FreePort.Next();
        using var haproxy = StartHaproxy(port, Samples.Configuration(_bench));

        var (requests, connections) = await SendAsync(port, 20);

        requests.ShouldBe(20);
        connections.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    [Trait("kind", "slow")]
    public async Task HAProxy_sends_the_headers_that_Stack_sends()
    {
        var port = FreePort.Next();
        using var haproxy = StartHaproxy(port, Samples.Configuration(_bench));
        using HttpClient client = new();

        var answer = await client.GetStringAsync($"http://127.0.0.1:{port}/headers", TestContext.Current.CancellationToken);
        var headers = JsonSerializer.Deserialize<Dictionary<string, string>>(answer)!;

        string[] trace = Samples.Configuration(_bench).SendsTrace ? ["traceparent"] : [];
        headers.Keys.Select(k => k.ToLowerInvariant()).ShouldBe(
            ["host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-for", "x-real-ip", "x-request-id", .. trace], ignoreOrder: true);
        headers.Single(h => h.Key.Equals("X-Forwarded-Host", StringComparison.OrdinalIgnoreCase)).Value.ShouldBe($"127.0.0.1:{port}");
        headers.Single(h => h.Key.Equals("X-Forwarded-For", StringComparison.OrdinalIgnoreCase)).Value.ShouldBe("127.0.0.1");
    }

    [Fact]
    [Trait("kind", "slow")]
    public async Task HAProxy_writes_a_line_for_each_request_where_Stack_does()
    {
        var port = FreePort.Next();
        var folder = _bench.NewFolder("logging");
        Samples.Configuration(_bench).Copy(folder, Samples.Port, 8090, [new Edit("access_log [^;]*;", "access_log access.json;"), new Edit("proxy_set_header traceparent [^;]*;", "proxy_set_header traceparent $trace;")]);
        var configuration = HaproxyConfig.Write(_bench.NewFolder("haproxy"), port, [_site!.Port], new OurConfiguration(folder));
        using var haproxy = ProxyProcess.StartHaproxy(_bench, "HAProxy", configuration, port);
        var log = Path.Combine(Path.GetDirectoryName(configuration)!, HaproxyConfig.LogFile);

        await SendAsync(port, 20);

        await Wait.Until(() => File.ReadLines(log).Count() >= 21, what: "20 lines in the log, and one of the request that found HAProxy ready");
        var line = JsonSerializer.Deserialize<Dictionary<string, string>>((await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken))[^1])!;
        line["status"].ShouldBe("200");
        line["upstream"].ShouldBe($"127.0.0.1:{_site.Port}");
        line["host"].ShouldBe($"127.0.0.1:{port}");
        line["traceparent"].ShouldMatch($"^00-{line["id"]}-{line["id"][..16]}-01$");
    }

    [Fact]
    [Trait("kind", "slow")]
    public async Task HAProxy_without_headers_and_log_sends_only_what_the_client_sent()
    {
        var port = FreePort.Next();
        using var haproxy = StartHaproxy(port, ours: null);
        using HttpClient client = new();

        var answer = await client.GetStringAsync($"http://127.0.0.1:{port}/headers", TestContext.Current.CancellationToken);

        JsonSerializer.Deserialize<Dictionary<string, string>>(answer)!.Keys.ShouldBe(["Host"]);
    }

    private ProxyProcess StartHaproxy(int port, OurConfiguration? ours)
        => ProxyProcess.StartHaproxy(_bench, "HAProxy", HaproxyConfig.Write(_bench.NewFolder("haproxy"), port, [_site!.Port], ours), port);

    // Over one connection to the proxy; what its start took is not counted.
    private async Task<(int Requests, int Connections)> SendAsync(int port, int count)
    {
        var (requests, connections) = (_site!.Requests, _site.Connections);
        using HttpClient client = new();
        for (var request = 0; request < count; request++)
        {
            await client.GetStringAsync($"http://127.0.0.1:{port}/", TestContext.Current.CancellationToken);
        }

        return (_site.Requests - requests, _site.Connections - connections);
    }

    public async ValueTask InitializeAsync() => _site = await TestSite.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _site!.DisposeAsync();
        Dispose();
    }

    public void Dispose() => _bench.Dispose();
}
