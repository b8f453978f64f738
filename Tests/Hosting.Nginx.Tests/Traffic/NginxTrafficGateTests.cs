using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Traffic;
using Testing;

namespace Stack.Hosting.Nginx.Tests.Traffic;

public sealed class NginxTrafficGateTests : IAsyncDisposable
{
    private readonly DistributedApplication _app;
    private readonly ProjectResource _site = new("site");
    private readonly NginxResource _nginx = new("nginx");
    private readonly List<int> _configured = [];
    private int _wentBack;

    public NginxTrafficGateTests() => _app = DistributedApplication.CreateBuilder(["--DisableDashboard=true"]).Build();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private ResourceNotificationService Notifications => _app.Services.GetRequiredService<ResourceNotificationService>();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Those_who_ask_during_a_reload_share_the_next_one_which_has_what_was_asked_last()
    {
        var held = new TaskCompletionSource();
        var gate = Gate(_ => held.Task);
        var first = gate.SetMembersAsync(_site, Members(2), Cancelled);

        var others = Enumerable.Range(3, 5).Select(count => gate.SetMembersAsync(_site, Members(count), Cancelled)).ToList();
        held.SetResult();
        await Task.WhenAll([first, .. others]).Within();

        _configured.ShouldBe([2, 7]);
    }

    [Fact]
    public async Task A_configuration_that_fails_is_told_to_the_one_who_asked_and_the_next_may_succeed()
    {
        var gate = Gate(count => count == 3 ? throw new DistributedApplicationException("nginx does not accept it.") : Task.CompletedTask);

        (await Should.ThrowAsync<DistributedApplicationException>(() => gate.SetMembersAsync(_site, Members(3), Cancelled))).Message.ShouldBe("nginx does not accept it.");
        await gate.SetMembersAsync(_site, Members(4), Cancelled);

        _configured.ShouldBe([3, 4]);
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task A_master_that_does_not_take_the_new_configuration_gets_the_one_before_back()
    {
        using var deaf = Process.Start(new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", "trap '' HUP; echo ready; read line" }, RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        try
        {
            await deaf.StandardOutput.ReadLineAsync(Cancelled);
            await Notifications.PublishUpdateAsync(_nginx, s => s with { Properties = [new ResourcePropertySnapshot("executable.pid", deaf.Id)] });

            var error = await Should.ThrowAsync<DistributedApplicationException>(() => Gate(_ => Task.CompletedTask).SetMembersAsync(_site, Members(2), Cancelled));

            error.Message.ShouldBe("Nginx 'nginx' did not take its new configuration within 5 s. What it says: 'stack logs nginx'.");
            _wentBack.ShouldBe(1);
        }
        finally
        {
            deaf.Kill();
        }
    }

    private NginxTrafficGate Gate(Func<int, Task> configure) => new(
        "nginx",
        async (replicas, _) =>
        {
            _configured.Add(replicas.Count);
            await configure(replicas.Count);
            return () => _wentBack++;
        },
        new NginxMaster("nginx", Notifications, isMaster: true, TimeProvider.System),
        NullLogger<NginxTrafficGate>.Instance);

    private List<TrafficReplica> Members(int count) => [.. Enumerable.Range(0, count).Select(i => new TrafficReplica(_site, $"site-{8001 + i}", i))];
}
