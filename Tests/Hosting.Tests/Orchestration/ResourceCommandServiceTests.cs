using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Testing;

namespace Hosting.Tests.Orchestration;

public sealed class ResourceCommandServiceTests : IDisposable
{
    private readonly Notifications _world = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly List<string> _called = [];
    private readonly ResourceCommandService _commands;

    public ResourceCommandServiceTests()
        => _commands = new ResourceCommandService(_world.Service, _world.Logs, _services, NullLogger<ResourceCommandService>.Instance);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _world.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task A_command_of_a_resource_is_called_for_each_replica()
    {
        _world.Site.WithCommand("poke", "Poke", Note(_ => CommandResults.Success()));

        (await Execute("poke")).Success.ShouldBeTrue();

        _called.Order().ShouldBe(["site-8001", "site-8002"]);
    }

    [Fact]
    public async Task A_command_of_a_replica_is_called_for_that_one()
    {
        _world.Site.WithCommand("poke", "Poke", Note(_ => CommandResults.Success()));
        await _world.Publish("site-8002", "Running");

        (await _commands.ExecuteCommandAsync("site-8002", "poke", Cancelled)).Success.ShouldBeTrue();

        _called.ShouldBe(["site-8002"]);
    }

    [Fact]
    public async Task Failures_of_several_replicas_are_counted_and_told_one_by_one()
    {
        _world.Site.WithCommand("poke", "Poke", Note(name => CommandResults.Failure($"{name[^1]} is asleep")));

        var result = await Execute("poke");

        result.Success.ShouldBeFalse();
        result.ErrorMessage.ShouldBe(string.Join(Environment.NewLine,
            "Command 'poke' failed for 2 of 2 replicas.", "site-8001: 1 is asleep", "site-8002: 2 is asleep"));
    }

    [Fact]
    public async Task A_handler_that_throws_is_a_failure_with_its_message()
    {
        var one = _world.Builder.AddExecutable("one", "/bin/true", "/").WithCommand("poke", "Poke", _ => throw new InvalidOperationException("no finger"));

        (await _commands.ExecuteCommandAsync(one.Resource, "poke", Cancelled)).ErrorMessage.ShouldBe("no finger");
    }

    [Fact]
    public async Task An_unknown_command_is_a_failure_that_names_it_and_the_resource()
    {
        _world.Site.WithCommand("poke", "Poke", Note(_ => CommandResults.Success()));
        await _world.Publish("site-8001", "Running");

        (await _commands.ExecuteCommandAsync("site-8001", "kick", Cancelled)).ErrorMessage.ShouldBe("'site-8001' has no command 'kick'. It has 'poke'.");
        (await _commands.ExecuteCommandAsync("nobody", "poke", Cancelled)).ErrorMessage.ShouldBe("There is no resource or replica 'nobody'.");
    }

    [Theory]
    [InlineData("start")]
    [InlineData("resource-start")]
    [InlineData("Resource-Start")]
    public async Task Names_of_earlier_versions_are_understood(string name)
    {
        _world.Site.WithCommand(KnownResourceCommands.StartCommand, "Start", Note(_ => CommandResults.Success()));

        (await Execute(name)).Success.ShouldBeTrue();
    }

    [Fact]
    public async Task A_cancelled_command_is_called_off()
    {
        var one = _world.Builder.AddExecutable("one", "/bin/true", "/").WithCommand("poke", "Poke", async c =>
        {
            await Task.Delay(Timeout.Infinite, c.CancellationToken);
            return CommandResults.Success();
        });
        using var stop = new CancellationTokenSource();

        var call = _commands.ExecuteCommandAsync(one.Resource, "poke", stop.Token);
        await stop.CancelAsync();

        (await call.Within()).Canceled.ShouldBeTrue();
    }

    [Fact]
    public async Task A_command_that_goes_from_replica_to_replica_is_called_once()
    {
        _world.Site.Resource.Annotations.Add(new ResourceCommandAnnotation(
            "restart", "Restart", _ => ResourceCommandState.Enabled, Note(_ => CommandResults.Success()), null, null, null, null, null, false) { ForWholeResource = true });

        await Execute("restart");

        _called.ShouldBe(["site"]);
    }

    [Fact]
    public async Task A_command_that_is_added_again_replaces_the_former()
    {
        _world.Site.WithCommand("poke", "Poke", _ => Task.FromResult(CommandResults.Failure("the former")));
        _world.Site.WithCommand("POKE", "Poke", Note(_ => CommandResults.Success()));

        (await Execute("poke")).Success.ShouldBeTrue();
    }

    private Task<ExecuteCommandResult> Execute(string name) => _commands.ExecuteCommandAsync(_world.Site.Resource, name, Cancelled);

    private Func<ExecuteCommandContext, Task<ExecuteCommandResult>> Note(Func<string, ExecuteCommandResult> result) => context =>
    {
        lock (_called)
        {
            _called.Add(context.ResourceName);
        }

        return Task.FromResult(result(context.ResourceName));
    };
}
