using System.Net;
using System.Net.Sockets;

namespace Hosting.Tests.Control;

/// <summary>Sets variables of the whole process, so nothing runs beside it.</summary>
[Collection(nameof(EnvironmentTests))]
[CollectionDefinition(nameof(EnvironmentTests), DisableParallelization = true)]
public sealed class EnvironmentTests : IDisposable
{
    private static readonly string[] Variables = ["ASPNETCORE_URLS", "DOTNET_URLS", "ASPNETCORE_HOSTINGSTARTUPASSEMBLIES", "Kestrel__Endpoints__Extra__Url"];

    public void Dispose()
    {
        foreach (var variable in Variables)
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public async Task Variables_that_are_meant_for_sites_open_no_port_on_the_control_server()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        foreach (var variable in Variables)
        {
            Environment.SetEnvironmentVariable(variable, variable.EndsWith("ASSEMBLIES", StringComparison.Ordinal) ? "No.Such.Assembly" : $"http://127.0.0.1:{port}");
        }

        await using var harness = await ControlHarness.StartAsync();

        (await harness.Client.GetAsync("status")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var client = new TcpClient();
        (await Should.ThrowAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, port))).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }
}
