using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Control;
using Stack.Hosting.Orchestration;
using Testing;

namespace Hosting.Tests.Orchestration;

public sealed class StackControlTests : IDisposable
{
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly Notifications _world = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    public void Dispose()
    {
        _services.Dispose();
        _world.Dispose();
    }

    [Fact]
    public async Task Commands_are_refused_once_the_AppHost_stops()
    {
        var control = Control();

        control.RequestDown(force: false, leaveRunning: false).ShouldBe(CommandOutcome.Done());

        _lifetime.ApplicationStopping.IsCancellationRequested.ShouldBeTrue();
        var refused = CommandOutcome.Failed("The AppHost is stopping.");
        (await control.ExecuteAsync("site", "start", CancellationToken.None)).ShouldBe(refused);
        (await control.ScaleAsync("site", 6, CancellationToken.None)).ShouldBe(refused);
    }

    [Fact]
    public async Task Unknown_name_is_a_failure_that_names_it()
    {
        var control = Control();

        (await control.ExecuteAsync("site", "start", CancellationToken.None)).ShouldBe(CommandOutcome.Failed("There is no resource or replica 'site'."));
        (await control.ScaleAsync("site", 6, CancellationToken.None)).ShouldBe(CommandOutcome.Failed("There is no resource 'site'."));
    }

    [Fact]
    public async Task Alert_goes_to_all_who_watch()
    {
        var control = Control();
        using var limit = new CancellationTokenSource(Wait.Patience);
        await using var events = control.WatchAsync(null, limit.Token).GetAsyncEnumerator(limit.Token);
        (await events.MoveNextAsync()).ShouldBeTrue();
        var first = events.Current.ShouldBeOfType<StackEvent.Snapshot>();

        control.Alert("site", "site-8001", "It can't be killed.");

        (await events.MoveNextAsync()).ShouldBeTrue();
        var alert = events.Current.ShouldBeOfType<StackEvent.Alert>();
        (alert.Seq, alert.Resource, alert.Replica, alert.Text).ShouldBe((first.Seq + 1, "site", "site-8001", "It can't be killed."));
    }

    private StackControl Control()
    {
        var builder = Models.Empty();
        var options = StackOptions.Read(builder.Configuration, builder.Environment, new DistributedApplicationOptions(), Path.GetTempPath(), null);
        return new StackControl(
            options, _lifetime, new ResourceCommandService(_world.Service, _world.Logs, _services, NullLogger<ResourceCommandService>.Instance),
            new ResourceDetailer(new DistributedApplicationModel([]), _world.Service), TimeProvider.System);
    }
}
