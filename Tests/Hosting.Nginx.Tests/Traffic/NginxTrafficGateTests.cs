using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Assets;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;
using Stack.Hosting.Nginx.Traffic;

namespace Stack.Hosting.Nginx.Tests.Traffic;

/// <summary>Which flags are set and which configurations are made for what the engine asks; Nginx itself does not run.</summary>
public sealed class NginxTrafficGateTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly ProjectResource _site = new("site");
    private readonly GatewayState _state;
    private readonly List<string> _configured = [];
    private readonly RequestsInFlight _inFlight = new(TimeProvider.System, NullLogger.Instance);
    private readonly WarmUp _warmUp = new(TimeProvider.System, NullLogger.Instance);
    private readonly AdminSocket _admin;
    private readonly NginxTrafficGate _gate;
    private bool _fails;

    public NginxTrafficGateTests()
    {
        FakeMaster master = new();
        FlagFolder flags = new(Path.Combine(_temp.Path, "flags"));
        flags.Reset();
        _state = new GatewayState(Requests.Of(_temp.Path, replicas: 4));
        _admin = new AdminSocket(Path.Combine(_temp.Path, "admin.sock"), TimeProvider.System);
        Reloads reloads = new(_state, Configure, master, flags, _admin, NginxVersion.Oldest, _ => { }, TimeProvider.System, NullLogger.Instance);
        _gate = new NginxTrafficGate(_state, (_, index, _) => Task.FromResult(Requests.Address(index)), reloads, new Steering(flags, _admin, master), _inFlight, _warmUp,
            new SiteFiles("nginx", new HashSet<string> { "site" }, new AssetStore(Path.Combine(_temp.Path, "assets"), TimeProvider.System), NullLogger.Instance));
        _site.Annotations.Add(new WarmUpAnnotation([]));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private IEnumerable<string> FlagFiles => Directory.EnumerateFiles(Path.Combine(_temp.Path, "flags")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    public void Dispose()
    {
        _inFlight.Dispose();
        _warmUp.Dispose();
        _admin.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task The_files_of_a_release_are_known_before_its_first_replica_serves_and_a_failure_changes_nothing()
    {
        var (one, two) = (PublishedSite.Write(_temp, "one", ("site.css", "one")), PublishedSite.Write(_temp, "two", ("site.css", "two")));

        await _gate.SetReleasesAsync(_site, [one], Cancelled);
        _state.Request.Options.Assets["site"].Select(asset => asset.Url).ShouldBe([PublishedSite.Url("site.css", "one")]);

        _fails = true;
        await Should.ThrowAsync<DistributedApplicationException>(() => _gate.SetReleasesAsync(_site, [two, one], Cancelled));
        _state.Request.Options.Assets["site"].Select(asset => asset.Url).ShouldBe([PublishedSite.Url("site.css", "one")]);

        _fails = false;
        await _gate.SetReleasesAsync(_site, [two, one], Cancelled);
        _state.Request.Options.Assets["site"].Select(asset => asset.Url).ShouldBe([PublishedSite.Url("site.css", "one"), PublishedSite.Url("site.css", "two")], ignoreOrder: true);
    }

    [Fact]
    public async Task Releases_of_a_site_that_sends_its_files_itself_change_nothing()
    {
        await _gate.SetReleasesAsync(new ProjectResource("other"), ["/no/such/folder"], Cancelled);

        _configured.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_replica_is_kept_out_by_a_flag_and_let_in_without_it()
    {
        await DrainAsync(1);
        FlagFiles.ShouldBe(["site.drain", "site.drain.8002"]);

        await AdmitAsync(1);

        FlagFiles.ShouldBeEmpty();
        _configured.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_one_gets_the_flag_and_the_first_is_marked_in_the_configuration()
    {
        await DrainAsync(0);
        await DrainAsync(2);

        FlagFiles.ShouldBe(["site.drain", "site.drain.8003"]);
        _configured.ShouldBe(["8001* 8002 8003 8004"]);

        await AdmitAsync(0);
        FlagFiles.ShouldBe(["site.drain", "site.drain.8003"]);
        _configured[^1].ShouldBe("8001 8002 8003 8004");
        await AdmitAsync(2);
        FlagFiles.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_is_out_already_stays_so()
    {
        await DrainAsync(0);
        await DrainAsync(1);
        await DrainAsync(0);
        await DrainAsync(1);

        FlagFiles.ShouldBe(["site.drain", "site.drain.8002"]);
        _configured.ShouldBe(["8001* 8002 8003 8004"]);
    }

    [Fact]
    public async Task The_only_one_has_nobody_to_take_its_requests()
    {
        await _gate.SetMembersAsync(_site, Members(1), Cancelled);

        await DrainAsync(0);

        FlagFiles.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_replica_that_is_gone_leaves_no_flag_and_no_mark()
    {
        await DrainAsync(2);
        await DrainAsync(3);

        await _gate.SetMembersAsync(_site, Members(3), Cancelled);
        FlagFiles.ShouldBeEmpty();
        _configured[^1].ShouldBe("8001 8002 8003*");
        await _gate.SetMembersAsync(_site, Members(2), Cancelled);

        _state.Upstream("site").Down.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_nginx_did_not_accept_is_not_tried_again_with_the_next_change()
    {
        _fails = true;
        await Should.ThrowAsync<DistributedApplicationException>(() => _gate.SetMembersAsync(_site, Members(6), Cancelled));
        _fails = false;

        _state.Upstream("site").Servers.Count.ShouldBe(4);
        await _gate.SetMembersAsync(_site, Members(3), Cancelled);
        _configured[^1].ShouldBe("8001 8002 8003");
    }

    private Task<ConfigChange> Configure(NginxRequest request, CancellationToken cancellationToken)
    {
        var upstream = request.Upstreams[0];
        _configured.Add(string.Join(' ', upstream.Servers.Select(server => $"{server.Port}{(upstream.Down.Contains(server) ? "*" : "")}")));
        return _fails ? throw new DistributedApplicationException("nginx does not accept it.") : Task.FromResult(new ConfigChange("new", IsNew: false, () => { }));
    }

    private Task<bool> DrainAsync(int index) => _gate.DrainAsync(Member(index), TimeSpan.Zero, Cancelled);

    private Task AdmitAsync(int index) => _gate.AdmitAsync(Member(index), Cancelled);

    private TrafficReplica Member(int index) => new(_site, $"site-{8001 + index}", index);

    private List<TrafficReplica> Members(int count) => [.. Enumerable.Range(0, count).Select(Member)];
}
