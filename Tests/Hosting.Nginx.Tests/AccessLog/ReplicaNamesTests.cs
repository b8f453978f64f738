using System.Net;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.AccessLog;
using Testing;

namespace Stack.Hosting.Nginx.Tests.AccessLog;

public sealed class ReplicaNamesTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<IResource> _sites = [new ProjectResource("shop")];
    private readonly Dictionary<string, IPEndPoint> _addresses = new() { ["shop"] = new(IPAddress.Loopback, 5000), ["api"] = new(IPAddress.IPv6Loopback, 5001) };

    [Fact]
    public void A_replica_has_its_name_and_a_stranger_its_address()
    {
        var names = Names();

        names.At("127.0.0.1:5000").ShouldBe("shop");
        names.At("127.0.0.1:5009").ShouldBe("127.0.0.1:5009");
    }

    [Fact]
    public void One_that_was_added_is_known_a_moment_later_and_one_that_was_removed_keeps_its_name()
    {
        var names = Names();
        names.At("[::1]:5001").ShouldBe("[::1]:5001");

        _sites[0] = new ProjectResource("api");

        names.At("[::1]:5001").ShouldBe("[::1]:5001", "it does not look again with every line");
        _time.Advance(TimeSpan.FromSeconds(1));
        names.At("[::1]:5001").ShouldBe("api");
        names.At("127.0.0.1:5000").ShouldBe("shop");
    }

    private ReplicaNames Names() => new(_sites, (site, _, _) => Task.FromResult(_addresses[site.Name]), _time);
}
