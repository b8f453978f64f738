using Aspire.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Traffic;
using Testing;

namespace Stack.Hosting.Nginx.Tests.Traffic;

/// <summary>When Nginx is reloaded, and what happens when it does not take the new configuration.</summary>
public sealed class ReloadsTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly FakeMaster _master = new();
    private readonly List<string?> _troubles = [];
    private readonly GatewayState _state;
    private readonly List<int> _configured = [];
    private int _wentBack;

    public ReloadsTests()
    {
        Flags = new FlagFolder(Path.Combine(_temp.Path, "flags"));
        Flags.Reset();
        _state = new GatewayState(Requests.Of(_temp.Path, replicas: 2));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private FlagFolder Flags { get; }

    private string Closing => Path.Combine(_temp.Path, "flags", "closing");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Those_who_ask_during_a_reload_share_the_next_one_which_has_what_was_asked_last()
    {
        TaskCompletionSource held = new();
        var reloads = Make(_ => held.Task);
        var first = reloads.ApplyAsync(Cancelled);

        var others = Enumerable.Range(3, 50).Select(count =>
        {
            _state.Change("site", upstream => Requests.Upstream(count));
            return reloads.ApplyAsync(Cancelled);
        }).ToList();
        held.SetResult();
        await Task.WhenAll([first, .. others]).Within();

        _configured.ShouldBe([2, 52]);
    }

    [Fact]
    public async Task A_configuration_that_is_not_accepted_is_told_as_trouble_until_one_is()
    {
        var reloads = Make(count => count == 3 ? throw new DistributedApplicationException("nginx does not accept it.") : Task.CompletedTask);
        _state.Change("site", _ => Requests.Upstream(3));

        (await Should.ThrowAsync<DistributedApplicationException>(() => reloads.ApplyAsync(Cancelled))).Message.ShouldBe("nginx does not accept it.");
        _state.Change("site", _ => Requests.Upstream(4));
        await reloads.ApplyAsync(Cancelled);

        _configured.ShouldBe([3, 4]);
        _troubles.ShouldBe(["nginx does not accept it.", null]);
    }

    [Fact]
    public async Task A_master_that_does_not_take_it_gets_the_one_before_back_and_no_flag_stays()
    {
        _master.IsRunning = true;
        _master.Reload = () => throw new DistributedApplicationException("It did not take it.");

        await Should.ThrowAsync<DistributedApplicationException>(() => Make(_ => Task.CompletedTask).ApplyAsync(Cancelled));

        _wentBack.ShouldBe(1);
        _troubles.ShouldBe(["It did not take it."]);
        File.Exists(Closing).ShouldBeFalse();
    }

    [Theory]
    [InlineData("1.22.1", true)]
    [InlineData("1.27.3", true)]
    [InlineData("1.27.4", false)]
    [InlineData("1.29.7", false)]
    public async Task Before_a_reload_answers_close_their_connections_where_nginx_does_not_wait_by_itself(string version, bool closes)
    {
        _master.IsRunning = true;
        bool? closing = null;
        _master.Reload = () =>
        {
            closing = File.Exists(Closing);
            return false; // it has ended meanwhile: nobody could confirm the version
        };

        await Make(_ => Task.CompletedTask, version).ApplyAsync(Cancelled);

        closing.ShouldBe(closes);
        File.Exists(Closing).ShouldBeFalse();
    }

    [Fact]
    public async Task A_configuration_that_is_in_use_already_is_reloaded_only_on_demand()
    {
        var reloads = Make(_ => Task.CompletedTask, isNew: false);

        await reloads.ApplyAsync(Cancelled);
        _master.Reloads.ShouldBe(0);
        await reloads.ReadAgainAsync(Cancelled);

        _master.Reloads.ShouldBe(1);
    }

    [Fact]
    public async Task Who_wants_all_files_read_anew_gets_that_also_when_another_ones_reload_is_shared()
    {
        TaskCompletionSource held = new();
        var reloads = Make(_ => held.Task, isNew: false);
        var first = reloads.ApplyAsync(Cancelled);
        var second = reloads.ApplyAsync(Cancelled);

        var again = reloads.ReadAgainAsync(Cancelled);
        held.SetResult();
        await Task.WhenAll(first, second, again).Within();

        _master.Reloads.ShouldBe(1);
    }

    private Reloads Make(Func<int, Task> configure, string version = "1.22.1", bool isNew = true) => new(
        _state,
        async (request, _) =>
        {
            _configured.Add(request.Upstreams[0].Servers.Count);
            await configure(request.Upstreams[0].Servers.Count);
            return new ConfigChange("new", isNew, () => _wentBack++);
        },
        _master,
        Flags,
        new AdminSocket(Path.Combine(_temp.Path, "admin.sock"), TimeProvider.System),
        NginxVersion.Parse($"version: nginx/{version}")!.Value,
        _troubles.Add,
        TimeProvider.System,
        NullLogger.Instance);
}

/// <summary>A master that does what the test says.</summary>
internal sealed class FakeMaster : IMaster
{
    public bool IsRunning { get; set; }

    public int Reloads { get; private set; }

    public Func<bool> Reload { get; set; } = () => false;

    public Task<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        Reloads++;
        return Task.FromResult(Reload());
    }
}
