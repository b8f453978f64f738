using System.Net;
using System.Net.Sockets;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

public class TcpProberTests
{
    private readonly InstanceProber _prober = new();

    [Fact]
    public async Task A_connection_is_all_that_it_wants()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var result = await _prober.ProbeAsync(new ProbeSpec(new Uri($"tcp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")), CancellationToken.None);

        result.ShouldBe(new ProbeResult(true, "accepts connections"));
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_refuses()
    {
        var result = await _prober.ProbeAsync(new ProbeSpec(new Uri($"tcp://127.0.0.1:{FreePort.Next()}")), CancellationToken.None);

        result.ShouldBe(new ProbeResult(false, "refused the connection"));
    }
}
