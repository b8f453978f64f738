using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Stack.Hosting.Building;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Orchestration;

public class PortCheckTests
{
    private static readonly HashSet<int> None = [];

    [Fact]
    public async Task Every_taken_port_of_a_range_is_listed_with_its_replica_and_its_holder()
    {
        var first = FreePorts.Find(4, None);
        using var second = Listen(first + 1);
        using var fourth = Listen(first + 3);
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(4).WithSequentialPorts(first);
        var plan = Plans.Of(builder);
        var time = new ManualTimeProvider();

        var check = PortCheck.EnsureFreeAsync(plan, (_, _) => false, time, CancellationToken.None);
        await Pass(time, check);

        var holder = new PortHolder(first, Environment.ProcessId, ProcessTable.Command(Environment.ProcessId), 0).Describe();
        (await Should.ThrowAsync<DistributedApplicationException>(check.Within())).Message.ShouldBe(string.Join(Environment.NewLine,
            $"Port {first + 1} for replica 'site-{first + 1}' of resource 'site' is already in use by {holder}. Free it, or give the resource another port in the AppHost.",
            $"Port {first + 3} for replica 'site-{first + 3}' of resource 'site' is already in use by {holder}. Free it, or give the resource another port in the AppHost."));
    }

    [Fact]
    public async Task Ports_that_become_free_within_a_moment_are_waited_for()
    {
        var first = FreePorts.Find(2, None);
        var former = Listen(first);
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(2).WithSequentialPorts(first);
        var time = new ManualTimeProvider();
        var check = PortCheck.EnsureFreeAsync(Plans.Of(builder), (_, _) => false, time, CancellationToken.None);
        check.IsCompleted.ShouldBeFalse();

        former.Dispose();
        await Pass(time, check);

        await check.Within();
    }

    private static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    }

    private static Task Pass(ManualTimeProvider time, Task check) => Wait.Until(() =>
    {
        time.Advance(TimeSpan.FromMilliseconds(100));
        return check.IsCompleted;
    });
}
