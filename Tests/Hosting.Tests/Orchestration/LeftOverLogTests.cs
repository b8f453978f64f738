using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Orchestration;
using Testing;

namespace Hosting.Tests.Orchestration;

public sealed class LeftOverLogTests : IDisposable
{
    private readonly TempFolder _state = new();
    private readonly Notifications _world = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    public void Dispose()
    {
        _services.Dispose();
        _world.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void Log_of_a_replica_that_is_gone_is_found_by_its_name_and_nothing_else_is()
    {
        Directory.CreateDirectory(_state.File("logs"));
        File.WriteAllText(_state.File("logs/site-8004.log"), "the last words\n");
        File.WriteAllText(_state.File("secret.log"), "nobody's business\n");
        var control = Control();

        control.FindLogFile("site-8004").ShouldBe(_state.File("logs/site-8004.log"));
        foreach (var name in (string[])["site-8005", "../secret", "..", "", "site-8004.log"])
        {
            control.FindLogFile(name).ShouldBeNull(name);
        }
    }

    private StackControl Control()
    {
        var builder = Models.Empty();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("Stack:State", (string?)_state.Path)]);
        var options = StackOptions.Read(builder.Configuration, builder.Environment, new DistributedApplicationOptions(), _state.Path, null);
        return new StackControl(
            options,
            new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance),
            new ResourceCommandService(_world.Service, _world.Logs, _services, NullLogger<ResourceCommandService>.Instance),
            new ResourceDetailer(new DistributedApplicationModel([]), _world.Service),
            TimeProvider.System);
    }
}
