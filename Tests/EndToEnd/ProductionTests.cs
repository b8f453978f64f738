using System.Globalization;
using System.Text.Json;

namespace EndToEnd;

/// <summary>The product in production: what serves outlives its AppHost.</summary>
[Collection("product ports")]
[Trait("kind", "e2e")]
public sealed class ProductionTests : IAsyncLifetime
{
    private readonly StackPlace _place = new();

    public ProductionTests() => _place.Environment["DOTNET_ENVIRONMENT"] = "Production";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        // For a test that failed half-way: what has no AppHost is not ended by 'down'.
        await _place.StackAsync("down", "--force");
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task Kill_9_of_the_AppHost_costs_no_request_and_the_next_one_goes_on_with_site_nginx_and_dashboard()
    {
        await UpAsync();
        var before = await ReplicasAsync();
        using var load = new SteadyLoad(new Uri("http://localhost:8080/whoami"));

        KillSupervisor();

        await load.UntilAsync(200);
        await UpAsync();
        var after = await ReplicasAsync();
        await load.UntilAsync(400);

        (await load.StopAsync()).ShouldBeEmpty();
        after.Keys.ShouldBe(before.Keys);
        foreach (var (name, replica) in after)
        {
            replica.GetProperty("pid").GetInt32().ShouldBe(before[name].GetProperty("pid").GetInt32(), name);
            replica.GetProperty("adopted").GetBoolean().ShouldBeTrue(name);
        }

        (await _place.StackAsync("down")).ExitCode.ShouldBe(0);
        await Machine.ShouldBeCleanAsync(_place.State);
    }

    [Fact]
    public async Task AppHost_with_fewer_replicas_stops_those_that_are_too_many_and_the_same_Nginx_takes_over_the_new_list()
    {
        await UpAsync();
        var before = await ReplicasAsync();
        using var load = new SteadyLoad(new Uri("http://localhost:8080/whoami"));
        KillSupervisor();

        // cores x 2, of one core.
        _place.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        await UpAsync();
        await load.UntilAsync(200);

        (await load.StopAsync()).ShouldBeEmpty();
        var after = await ReplicasAsync();
        after.Keys.Where(n => n.StartsWith("site", StringComparison.Ordinal)).ShouldBe(["site-8001", "site-8002"]);
        after.ShouldAllBe(r => r.Value.GetProperty("pid").GetInt32() == before[r.Key].GetProperty("pid").GetInt32());
        (await Machine.ListenersAsync()).Contains(8003).ShouldBeFalse();
        var pools = await File.ReadAllTextAsync(Path.Combine(_place.State, "nginx", "current", "stack", "pools.conf"), TestContext.Current.CancellationToken);
        pools.ShouldContain("127.0.0.1:8002");
        pools.ShouldNotContain("127.0.0.1:8003");
    }

    [Fact]
    public async Task Down_can_leave_all_running_and_later_end_it_without_an_AppHost()
    {
        await UpAsync();
        var replicas = await ReplicasAsync();

        var left = await _place.StackAsync("down", "--leave-running");
        left.ExitCode.ShouldBe(0, left.All);
        left.Output.ShouldContain("The AppHost has ended; the replicas serve on.");
        using (var client = new HttpClient())
        {
            (await client.GetStringAsync(new Uri("http://localhost:8080/whoami"), TestContext.Current.CancellationToken)).ShouldContain("site-");
        }

        (await _place.StackAsync("down")).ExitCode.ShouldBe(4);
        var forced = await _place.StackAsync("down", "--force");
        forced.ExitCode.ShouldBe(0, forced.All);
        replicas.Keys.ShouldAllBe(name => forced.Output.Contains(name, StringComparison.Ordinal));
        await Machine.ShouldBeCleanAsync(_place.State);
        (await _place.StackAsync("down", "--force")).ExitCode.ShouldBe(4);
    }

    private async Task UpAsync()
    {
        var up = await _place.StackAsync("up", "--detach", "--no-build");
        up.ExitCode.ShouldBe(0, up.All);
    }

    // It alone, as an administrator's kill -9 does.
    private void KillSupervisor()
    {
        using var supervisor = System.Diagnostics.Process.GetProcessById(int.Parse(File.ReadAllText(Path.Combine(_place.State, "supervisor.pid")).Trim(), CultureInfo.InvariantCulture));
        supervisor.Kill();
    }

    private async Task<SortedDictionary<string, JsonElement>> ReplicasAsync()
    {
        var status = await _place.StackAsync("status", "--json");
        status.ExitCode.ShouldBe(0, status.All);
        var resources = JsonDocument.Parse(status.Output).RootElement.GetProperty("resources");

        // Those that serve; the migrations end.
        return new SortedDictionary<string, JsonElement>(
            resources.EnumerateArray().Where(r => r.GetProperty("name").GetString() != "migrations").SelectMany(r => r.GetProperty("replicas").EnumerateArray()).ToDictionary(r => r.GetProperty("name").GetString()!), StringComparer.Ordinal);
    }
}
