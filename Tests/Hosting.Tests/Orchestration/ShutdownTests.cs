using Aspire.Hosting.ApplicationModel;
using Hosting.Tests.Supervision;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Stack.Hosting.Allocation;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Orchestration.Releases;
using Hosting.Tests.Orchestration.Releases;
using Testing;

namespace Hosting.Tests.Orchestration;

/// <summary>The stop of several resources: their order, and the limit of the whole.</summary>
public sealed class ShutdownTests : IAsyncDisposable
{
    private readonly List<(string Name, Supervised Site)> _sites = [];
    private readonly List<ResourceOrchestrator> _resources = [];
    private readonly HostOptions _host = new();
    private readonly RecordingLogger _logger = new();

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, site) in _sites)
        {
            await site.DisposeAsync();
        }
    }

    [Fact]
    public void Limit_is_the_largest_grace_of_each_layer_summed_and_five_seconds()
    {
        var db = Resource("db");
        var cache = Resource("cache");
        var site = Resource("site", db, cache);
        var gateway = Resource("gateway", site);
        var dashboard = Resource("dashboard");
        var graces = new Dictionary<IResource, int> { [db] = 60, [cache] = 10, [site] = 35, [gateway] = 20, [dashboard] = 5 };

        var plan = ShutdownPlan.Make(graces.Keys, r => r == dashboard, r => TimeSpan.FromSeconds(graces[r]));

        plan.Layers.Select(l => string.Join(' ', l.Select(r => r.Name))).ShouldBe(["gateway", "site", "db cache", "dashboard"]);
        plan.Limit.ShouldBe(TimeSpan.FromSeconds(20 + 35 + 60 + 5 + 5));
    }

    [Fact]
    public void Nothing_to_stop_has_the_margin_only() => ShutdownPlan.Make([], _ => false, _ => TimeSpan.FromSeconds(35)).Limit.ShouldBe(TimeSpan.FromSeconds(5));

    [Fact]
    public async Task Gateway_stops_first_then_the_site_then_what_it_needs_and_replicas_stop_together()
    {
        var db = Resource("db");
        var site = Resource("site", db);
        var gateway = Resource("gateway", site);
        var time = new ManualTimeProvider();
        await Run(db, time, 1, stopTakes: 2);
        await Run(site, time, 2, stopTakes: 3);
        await Run(gateway, time, 1, stopTakes: 1);

        var stop = Shutdown(time).RunAsync(_resources);

        await Wait.Until(() => Stopping() == "gateway", Seen);
        await Advance(time, 1);
        await Wait.Until(() => Stopping() == "site site", Seen);
        await Advance(time, 3);
        await Wait.Until(() => Stopping() == "db", Seen);
        await Advance(time, 2);
        await stop.Within(seen: Seen);
        _sites.ShouldAllBe(s => s.Site.State == InstanceState.Stopped);
        _sites.ShouldAllBe(s => s.Site.Launcher.Last.Signals.Count == 1);
    }

    [Fact]
    public async Task What_is_left_at_the_limit_is_killed_all_at_once()
    {
        // The stop of the site hangs in its launch, whatever its grace: only the limit of the whole ends that.
        var db = Resource("db");
        var site = Resource("site", db);
        var time = new ManualTimeProvider();
        await Run(db, time, 1, stopTakes: 0);
        var held = new TaskCompletionSource();
        await Run(site, time, 1, stopTakes: 0, held.Task);

        var stop = Shutdown(time).RunAsync(_resources);
        await Advance(time, 14.9);
        _sites[0].Site.Launcher.Last.Signals.ShouldBeEmpty();
        await Advance(time, 0.2);
        await _sites[0].Site.Log.Until(s => s.State == InstanceState.Stopped);

        _sites[0].Site.Launcher.Last.Signals.ShouldBe([9]);
        await Advance(time, 11);
        await stop.Within(seen: Seen);
        _logger.Entries.ShouldContain(e => e.Level == LogLevel.Warning && e.Message == "The stop has taken 15 s, the sum of all graces and more. What is left is killed: db-0.");
        held.SetResult();
    }

    [Theory]
    [InlineData(1, 55)]
    [InlineData(1000, 1000)]
    public async Task The_hosts_own_limit_is_raised_to_what_the_stop_may_take(int limit, int expected)
    {
        var time = new ManualTimeProvider();
        await Run(Resource("db"), time, 1, stopTakes: 0);
        await Run(Resource("site", _resources[0].Plan.Resource), time, 1, stopTakes: 0);
        _host.ShutdownTimeout = TimeSpan.FromSeconds(limit);

        Shutdown(time).Prepare(_resources);

        _host.ShutdownTimeout.ShouldBe(TimeSpan.FromSeconds(expected));
    }

    private static ExecutableResource Resource(string name, params IResource[] needs)
    {
        var resource = new ExecutableResource(name, "/bin/site", "/");
        foreach (var need in needs)
        {
            resource.Annotations.Add(new WaitAnnotation(need, WaitType.WaitUntilHealthy));
        }

        return resource;
    }

    private Shutdown Shutdown(ManualTimeProvider time)
        => new(Options.Create(_host), new SystemdReport(new SystemdNotify(null, null), time, NullLogger<SystemdReport>.Instance), time, new Logger<Shutdown>(_logger));

    private async Task Run(ExecutableResource resource, ManualTimeProvider time, int replicas, double stopTakes, Task? held = null)
    {
        var identities = Enumerable.Range(0, replicas).Select(i => new ReplicaIdentity($"{resource.Name}-{i}", i, new Dictionary<string, int>())).ToList();
        var sites = identities.Select(i => new Supervised(s => Supervised.WithoutCheck(s) with { Name = i.Name, Index = i.Index }, time: time)).ToList();
        foreach (var site in sites)
        {
            site.Launcher.Script = _ => new LaunchScript { StopTakes = TimeSpan.FromSeconds(stopTakes), Held = held };
            await site.Start();
            _sites.Add((resource.Name, site));
        }

        var plan = new ResourcePlan(resource, "Executable", identities, []) { EndpointPorts = new Dictionary<string, IReadOnlyList<int>>() };
        _resources.Add(new ResourceOrchestrator(
            plan,
            new ReplicaMaker((replica, _) => sites[replica.Index].Supervisor, () => { }, new SiteReleases(plan, new ReleaseStore(plan.Name, "/nowhere"), 2, new FakePublisher(), time, _logger)),
            new NothingAround(),
            time,
            _logger));
        await Advance(time, 1);
    }

    /// <summary>Nobody who would want to know.</summary>
    private sealed class NothingAround : IStackSurroundings
    {
        public void ReplicaChanged(ResourcePlan resource, InstanceSnapshot replica)
        {
        }

        public void RolloutChanged(string resource)
        {
        }

        public void Alert(string resource, string? replica, string text)
        {
        }

        public ResourceOrchestrator OrchestratorOf(Aspire.Hosting.ApplicationModel.IResource resource) => throw new InvalidOperationException($"'{resource.Name}' is not looked for.");

        public IReadOnlyCollection<PlannedPort> PortsBeside(string resource) => [];

        public IReadOnlyList<string> Taken(IEnumerable<PlannedPort> ports) => [];

        public Task AppearAsync(ResourcePlan plan, int first, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Disappear(ResourcePlan plan, string replica)
        {
        }

        public void Keep(string resource, int replicas)
        {
        }
    }

    private string Stopping() => string.Join(' ', _sites.Where(s => s.Site.State == InstanceState.Stopping).Select(s => s.Name));

    private string Seen() => string.Join(", ", _sites.Select(s => $"{s.Name} {s.Site.State}"));

    private async Task Advance(ManualTimeProvider time, double seconds)
    {
        await Task.WhenAll(_sites.Select(s => s.Site.Idle()));
        time.Advance(TimeSpan.FromSeconds(seconds));
        await Task.WhenAll(_sites.Select(s => s.Site.Idle()));
    }
}
