#pragma warning disable ASPIREPROBES001
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Building;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Orchestration.Containers;
using Stack.Hosting.Orchestration.Injection;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Orchestration;

/// <summary>What the model and the mode make of a replica's supervision.</summary>
public sealed class SpecFactoryTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private readonly List<ServiceProvider> _services = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var services in _services)
        {
            await services.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData(true, RestartMode.Never, 3, 5, 5)]
    [InlineData(false, RestartMode.Always, 10, 35, 2)]
    public void The_mode_has_its_defaults(bool development, RestartMode mode, int budget, int grace, int probes)
    {
        var spec = Spec(b => b.AddSite().WithReplicas(2).WithSequentialPorts(8001).WithHttpHealthCheck("/health"), development);

        spec.Restart.Mode.ShouldBe(mode);
        spec.Restart.FailureBudget.ShouldBe(budget);
        spec.Restart.ProbationInterval.ShouldBe(TimeSpan.FromMinutes(5));
        spec.Restart.SuccessExitCodes.ShouldBe([0]);
        spec.StopGrace.ShouldBe(TimeSpan.FromSeconds(grace));
        spec.ProbePeriod.ShouldBe(TimeSpan.FromSeconds(probes));
        spec.StartSecs.ShouldBe(TimeSpan.FromSeconds(1));
        spec.StartDeadline.ShouldBe(TimeSpan.FromSeconds(60));
        (spec.Liveness is null).ShouldBe(development);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_set_holds_in_both_modes(bool development)
    {
        var spec = Spec(
            b => b.AddSite().WithSequentialPorts(8001).WithRestartPolicy(RestartMode.OnFailure).WithSupervision(s =>
            {
                s.FailureBudget = null;
                s.ProbationInterval = null;
                s.SuccessExitCodes.Add(143);
                s.StopWaitSecs = TimeSpan.FromSeconds(20);
            }),
            development);

        spec.Restart.Mode.ShouldBe(RestartMode.OnFailure);
        spec.Restart.FailureBudget.ShouldBeNull();
        spec.Restart.ProbationInterval.ShouldBeNull();
        spec.Restart.SuccessExitCodes.ShouldBe([0, 143], ignoreOrder: true);
        spec.StopGrace.ShouldBe(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Settings_that_can_not_be_are_refused_where_they_are_set()
    {
        var options = new SupervisionOptions();

        Should.Throw<ArgumentOutOfRangeException>(() => options.FailureBudget = 0).ParamName.ShouldBe("FailureBudget");
        Should.Throw<ArgumentOutOfRangeException>(() => options.ProbationInterval = TimeSpan.Zero).ParamName.ShouldBe("ProbationInterval");
    }

    [Fact]
    public void A_site_is_asked_for_alive_and_else_for_a_connection()
    {
        var liveness = Spec(b => b.AddSite().WithReplicas(2).WithSequentialPorts(8001), development: false).Liveness.ShouldNotBeNull();

        liveness.Declared.ShouldBeNull();
        liveness.Guesses.Select(g => g.Url.ToString()).ShouldBe(["http://127.0.0.1:8002/alive", "tcp://127.0.0.1:8002/"]);
        liveness.Guesses.ShouldAllBe(g => g.Timeout == TimeSpan.FromSeconds(3));
        liveness.Period.ShouldBe(TimeSpan.FromSeconds(10));
        liveness.MissesToDead.ShouldBe(3);
        liveness.Dump.ShouldBeNull();
    }

    [Fact]
    public void What_is_no_project_is_asked_for_a_connection_only_because_it_may_pass_a_request_on()
        => Spec(b => b.AddExecutable("gateway", "/bin/true", "/").WithHttpEndpoint(port: 8080, isProxied: false), development: false)
            .Liveness.ShouldNotBeNull().Guesses.Select(g => g.Url.Scheme).ShouldBe(["tcp"]);

    [Fact]
    public void A_liveness_probe_of_the_model_goes_before_that_and_may_be_more_patient_but_not_less()
    {
        var impatient = Spec(b => b.AddSite().WithSequentialPorts(8001).WithHttpProbe(ProbeType.Liveness, "/live"), development: false).Liveness.ShouldNotBeNull();
        var patient = Spec(
            b => b.AddSite().WithSequentialPorts(8001).WithHttpProbe(ProbeType.Liveness, "/live", periodSeconds: 30, timeoutSeconds: 9, failureThreshold: 5), development: false).Liveness.ShouldNotBeNull();

        impatient.Declared.ShouldNotBeNull().Url.ToString().ShouldBe("http://127.0.0.1:8001/live");
        impatient.Guesses.ShouldBeEmpty();
        (impatient.Period, impatient.Declared!.Timeout, impatient.MissesToDead).ShouldBe((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3), 3));
        (patient.Period, patient.Declared!.Timeout, patient.MissesToDead).ShouldBe((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(9), 5));
    }

    [Fact]
    public void What_listens_on_nothing_of_its_own_is_not_asked()
    {
        Spec(b => b.AddExecutable("worker", "/bin/true", "/"), development: false).Liveness.ShouldBeNull();
        Spec(b => b.AddExecutable("engine", "/bin/true", "/").WithHttpEndpoint(port: 8080, isProxied: false).WithSupervision(s => s.ListensItself = false), development: false).Liveness.ShouldBeNull();
        Spec(b => b.AddContainer("cache", "redis").WithEndpoint(port: 6379, targetPort: 6379), development: false).Liveness.ShouldBeNull();
    }

    [Fact]
    public void Site_without_a_health_check_is_ready_when_it_takes_connections()
    {
        Spec(b => b.AddSite().WithReplicas(2).WithSequentialPorts(8001), development: true).Readiness.Single().Url.ShouldBe(new Uri("tcp://127.0.0.1:8002"));
        Spec(b => b.AddSite().WithSequentialPorts(8001).WithHttpHealthCheck("/ready"), development: true).Readiness.Single().Url.ShouldBe(new Uri("http://127.0.0.1:8001/ready"));
        Spec(b => b.AddSite().WithSequentialPorts(8001).WithServiceDefaults(inject: false), development: true).Readiness.ShouldBeEmpty();
        Spec(b => b.AddProject<Models.Site>("site", o => o.ExcludeLaunchProfile = true), development: true).Readiness.ShouldBeEmpty();
    }

    [Fact]
    public void A_dump_is_kept_where_that_was_asked_for()
        => Spec(b => b.AddSite().WithSequentialPorts(8001).WithSupervision(s => s.DumpOnHang = true), development: false).Liveness.ShouldNotBeNull().Dump.ShouldNotBeNull();

    /// <summary>The specification of the last replica.</summary>
    private InstanceSpec Spec(Action<IDistributedApplicationBuilder> model, bool development)
    {
        var builder = Models.Empty();
        model(builder);
        var plan = Plans.Of(builder).Resources.Single();
        var services = builder.Services.BuildServiceProvider();
        _services.Add(services);
        using var state = StateFolder.Open(_folder.File($"state-{Guid.NewGuid():N}"));
        var options = services.GetRequiredService<StackOptions>() with { Development = development };
        var factory = new SpecFactory(
            plan, options, state, builder.ExecutionContext, services.GetRequiredService<ContainerRuntime>(), services.GetRequiredService<ResourceNotificationService>(), new ReleaseTargets(null),
            SiteInjector.For(plan.Resource, options, NullLogger.Instance), NullLogger.Instance);
        return factory.Create(plan.Replicas[^1], _ => { });
    }
}
