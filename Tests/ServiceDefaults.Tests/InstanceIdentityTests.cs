using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Stack.ServiceDefaults;

namespace ServiceDefaults.Tests;

public class InstanceIdentityTests
{
    [Fact]
    public void Variables_say_which_replica_it_is()
    {
        var identity = Identity(new()
        {
            ["STACK_INSTANCE"] = "site-8003", ["STACK_INDEX"] = "2", ["STACK_REPLICAS"] = "4", ["PORT"] = "8003", ["OTEL_SERVICE_NAME"] = "site",
        });

        identity.Name.ShouldBe("site-8003");
        identity.Service.ShouldBe("site");
        identity.Index.ShouldBe(2);
        identity.Replicas.ShouldBe(4);
        identity.Port.ShouldBe(8003);
    }

    [Fact]
    public void Site_that_runs_by_itself_is_named_after_host_and_process()
    {
        var identity = Identity([]);

        identity.Name.ShouldBe($"{Environment.MachineName}:{Environment.ProcessId}");
        identity.Service.ShouldBe("ServiceDefaults.Tests");
        identity.Index.ShouldBeNull();
        identity.Replicas.ShouldBeNull();
        identity.Port.ShouldBeNull();
        identity.ProcessId.ShouldBe(Environment.ProcessId);
        identity.StartedAt.Offset.ShouldBe(TimeSpan.Zero);
        identity.Version.ShouldStartWith("0.1.0");
    }

    [Fact]
    public void Port_variable_that_is_no_number_means_something_else_and_is_ignored()
        => Identity(new() { ["PORT"] = "tcp://10.0.0.1:80" }).Port.ShouldBeNull();

    private static InstanceIdentity Identity(Dictionary<string, string?> variables) => InstanceIdentity.From(
        new ConfigurationBuilder().AddInMemoryCollection(variables).Build(), new HostingEnvironment { ApplicationName = "ServiceDefaults.Tests" });
}
