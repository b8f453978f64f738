using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;
using Testing;

namespace Hosting.Tests.Supervision;

public class PortPreflightTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    public void Holder_of_a_port_is_found_with_process_and_command(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var holder = PortPreflight.FindHolder(port).ShouldNotBeNull();

        holder.Pid.ShouldBe(Environment.ProcessId);
        holder.Command.ShouldBe(ProcessTable.Command(Environment.ProcessId));
        holder.Describe().ShouldBe($"process {Environment.ProcessId} ({holder.Command}) of user {Environment.UserName}");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Kernel_answers_of_listeners_what_its_tables_have(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        using var client = new TcpClient(listener.LocalEndpoint.AddressFamily);
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var told = SocketDiagnostics.Listeners(port).ShouldNotBeNull();

        told.Select(l => ($"socket:[{l.Inode}]", l.Uid)).ShouldBe(PortPreflight.InTables(port));
        told.Count.ShouldBe(1);
        SocketDiagnostics.Listeners(FreePort.Next()).ShouldBe([]);
    }

    [Fact]
    public void Free_port_has_no_holder() => PortPreflight.FindHolder(FreePort.Next()).ShouldBeNull();

    [Fact]
    public void Connected_socket_without_a_listener_holds_no_port()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);

        PortPreflight.FindHolder(((IPEndPoint)client.Client.LocalEndPoint!).Port).ShouldBeNull();
    }

    [Fact]
    public void Holder_that_may_not_be_looked_into_is_described_by_what_is_known()
    {
        new PortHolder(8003, 4711, null, 0).Describe().ShouldBe("process 4711");
        new PortHolder(8003, null, null, 4_000_000).Describe().ShouldBe("a process of user 4000000 that can't be looked into");
        new PortHolder(8003, null, null, 0).Describe().ShouldBe("a process of user root that can't be looked into");
        new PortHolder(8003, null, null, null).Describe().ShouldBe("another process");
    }

    [Fact]
    public async Task Replica_whose_port_is_taken_is_given_up_without_a_launch_and_recovers_when_it_is_free()
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var port = ((IPEndPoint)stranger.LocalEndpoint).Port;
        await using var site = new Supervised(s => s with { Port = port });

        await site.Start();

        site.State.ShouldBe(InstanceState.Fatal);
        site.Current.Reason.ShouldBe(
            $"Port {port} for replica 'site-8001' is already in use by process {Environment.ProcessId} ({ProcessTable.Command(Environment.ProcessId)}) of user {Environment.UserName}. " +
            "Free it, or give the resource another port in the AppHost.");
        await site.Advance(TimeSpan.FromMinutes(20));
        site.State.ShouldBe(InstanceState.Fatal);
        site.Launcher.Attempts.ShouldBe(0);
        site.Logged(LogLevel.Error, 2112).ShouldBe(1);

        stranger.Stop();
        await site.Advance(TimeSpan.FromMinutes(7));

        site.State.ShouldBe(InstanceState.Running);
        site.Launcher.Attempts.ShouldBe(1);
    }
}
