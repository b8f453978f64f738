using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Tests.Model;

public sealed class NginxTimingsTests
{
    [Fact]
    public void The_defaults_are_in_order()
    {
        new NginxTimings().Errors().ShouldBeEmpty();
        NginxTimings.Development.Errors().ShouldBeEmpty();
    }

    [Fact]
    public void Nginx_has_to_let_go_of_a_connection_before_Kestrel_does() =>
        new NginxTimings { KestrelKeepAlive = TimeSpan.FromSeconds(30) }.Errors().ShouldBe(
        [
            "UpstreamKeepAlive (30 s) has to be shorter than Kestrel's KeepAliveTimeout (30 s): otherwise a replica closes connections that Nginx is just about to use.",
        ]);

    [Fact]
    public void A_worker_may_not_end_before_a_stopping_replica_has_answered() =>
        new NginxTimings { WorkerShutdown = TimeSpan.FromSeconds(29.5) }.Errors().ShouldBe(
        [
            "The host's ShutdownTimeout (30 s) may not be longer than worker_shutdown_timeout (29.5 s): otherwise Nginx cuts requests that a stopping replica would still answer.",
        ]);

    [Fact]
    public void The_grace_has_to_be_longer_than_the_limits_within() =>
        new NginxTimings { StopGrace = TimeSpan.FromSeconds(30) }.Errors().ShouldBe(
        [
            "The host's ShutdownTimeout (30 s) has to be shorter than StopWaitSecs (30 s): otherwise a replica is killed before its own limit.",
            "worker_shutdown_timeout (30 s) has to be shorter than StopWaitSecs (30 s): otherwise Nginx is killed before its own limit.",
        ]);

    [Fact]
    public void In_development_the_grace_may_cut_workers_but_not_hosts() =>
        (NginxTimings.Development with { StopGrace = TimeSpan.FromSeconds(4) }).Errors().ShouldBe(
        [
            "The host's ShutdownTimeout (4 s) has to be shorter than StopWaitSecs (4 s): otherwise a replica is killed before its own limit.",
        ]);
}
