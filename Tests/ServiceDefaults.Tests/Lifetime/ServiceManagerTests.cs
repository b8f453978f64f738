using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServiceDefaults.Tests.Fakes;
using Testing;

namespace ServiceDefaults.Tests.Lifetime;

public class ServiceManagerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Manager_is_told_that_the_site_is_ready_and_that_it_stops(bool isAbstract)
    {
        using var folder = new TempFolder();
        var address = isAbstract ? $"@stack-test-{Guid.NewGuid():N}" : Path.Combine(folder.Path, "notify");
        using var manager = new NotifySocket(address);

        await using (await TestSite.StartAsync(new() { ["NOTIFY_SOCKET"] = address }))
        {
            (await manager.NextAsync()).ShouldBe("READY=1");
        }

        (await manager.NextAsync()).ShouldBe("STOPPING=1");
        manager.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Ready_is_told_only_once_the_site_is_healthy()
    {
        using var folder = new TempFolder();
        var address = Path.Combine(folder.Path, "notify");
        using var manager = new NotifySocket(address);
        var time = new ManualTimeProvider();
        var database = HealthCheckResult.Unhealthy("away");

        await using var site = await TestSite.StartAsync(new() { ["NOTIFY_SOCKET"] = address }, services: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Services.AddHealthChecks().AddCheck("database", () => database);
        });
        await UntilWaitingAsync(time);
        manager.IsEmpty.ShouldBeTrue();
        database = HealthCheckResult.Degraded("slow");
        time.Advance(TimeSpan.FromSeconds(1));

        (await manager.NextAsync()).ShouldBe("READY=1");
    }

    [Fact]
    public async Task Watchdog_is_fed_at_half_its_interval_as_long_as_the_site_is_alive()
    {
        using var folder = new TempFolder();
        var address = Path.Combine(folder.Path, "notify");
        using var manager = new NotifySocket(address);
        var time = new ManualTimeProvider();
        var loop = HealthCheckResult.Healthy();
        var asked = new SemaphoreSlim(0);

        await using var site = await TestSite.StartAsync(new() { ["NOTIFY_SOCKET"] = address, ["WATCHDOG_USEC"] = "20000000" }, services: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Services.AddHealthChecks().AddCheck("loop", () =>
            {
                asked.Release();
                return loop;
            }, ["live"]);
        });
        string[] first = [await manager.NextAsync(), await manager.NextAsync()];
        await UntilWaitingAsync(time);
        time.NextDue.ShouldBe(TimeSpan.FromSeconds(10));
        time.Advance(TimeSpan.FromSeconds(10));
        var second = await manager.NextAsync();
        while (asked.Wait(0, TestContext.Current.CancellationToken))
        {
        }

        loop = HealthCheckResult.Unhealthy("hangs");
        time.Advance(TimeSpan.FromSeconds(10));
        (await asked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).ShouldBeTrue("The check should have been asked.");
        time.Advance(TimeSpan.FromSeconds(10));
        (await asked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).ShouldBeTrue("The check should have been asked again.");

        first.ShouldBe(["READY=1", "WATCHDOG=1"], ignoreOrder: true);
        second.ShouldBe("WATCHDOG=1");
        manager.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Watchdog_of_another_process_is_not_fed()
    {
        using var folder = new TempFolder();
        var address = Path.Combine(folder.Path, "notify");
        using var manager = new NotifySocket(address);

        await using (await TestSite.StartAsync(new() { ["NOTIFY_SOCKET"] = address, ["WATCHDOG_USEC"] = "20000000", ["WATCHDOG_PID"] = "1" }))
        {
            (await manager.NextAsync()).ShouldBe("READY=1");
        }

        (await manager.NextAsync()).ShouldBe("STOPPING=1");
    }

    [Fact]
    public async Task Manager_that_is_not_there_costs_one_warning()
    {
        await using var site = await TestSite.StartAsync(new() { ["NOTIFY_SOCKET"] = "/nowhere/notify", ["WATCHDOG_USEC"] = "20000000" });

        (await site.Logs.WaitForAsync("Stack.ServiceDefaults.Lifetime.ServiceManagerNews", 1)).ShouldHaveSingleItem().Message
            .ShouldStartWith("The service manager at '/nowhere/notify' (NOTIFY_SOCKET) could not be told ");
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Process_tells_its_manager_that_it_is_ready_alive_and_stopping()
    {
        using var folder = new TempFolder();
        var address = Path.Combine(folder.Path, "notify");
        using var manager = new NotifySocket(address);
        await using var site = SiteProcess.Launch(("NOTIFY_SOCKET", address), ("WATCHDOG_USEC", "30000000"));

        string[] first = [await manager.NextAsync(), await manager.NextAsync()];
        site.Terminate();

        first.ShouldBe(["READY=1", "WATCHDOG=1"], ignoreOrder: true);
        (await manager.NextAsync()).ShouldBe("STOPPING=1");
        (await site.ExitAsync()).ShouldBe(0);
    }

    private static async Task UntilWaitingAsync(ManualTimeProvider time)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (time.Timers == 0)
        {
            limit.IsCancellationRequested.ShouldBeFalse("The site should wait for its next look.");
            await Task.Yield();
        }
    }
}
