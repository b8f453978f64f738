#pragma warning disable ASPIREPROBES001
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Stack.Hosting.Building;

namespace Hosting.Tests.Building;

public sealed class HealthAndProbeTests
{
    private readonly IDistributedApplicationBuilder _builder = Models.Empty();

    [Theory]
    [InlineData(null, null, null, "site_http_/_200_check")]
    [InlineData("/health", null, null, "site_http_/health_200_check")]
    [InlineData("health", 204, "http", "site_http_/health_204_check")]
    public void An_http_check_has_a_key_of_its_own_and_is_registered(string? path, int? status, string? endpoint, string key)
    {
        var site = _builder.AddSite().WithHttpHealthCheck(path, status, endpoint);

        site.Resource.Annotations.OfType<HealthCheckAnnotation>().Single().Key.ShouldBe(key);
        using var services = _builder.Services.BuildServiceProvider();
        services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Select(r => r.Name).ShouldContain(key);
    }

    [Fact]
    public void The_endpoint_named_https_goes_before_http()
    {
        var service = _builder.AddExecutable("service", "/bin/true", "/").WithHttpEndpoint().WithHttpsEndpoint().WithHttpHealthCheck("/health");

        service.Resource.Annotations.OfType<HealthCheckAnnotation>().Single().Key.ShouldBe("service_https_/health_200_check");
    }

    [Fact]
    public void The_same_check_twice_is_an_error_and_different_ones_are_not()
    {
        var site = _builder.AddSite().WithHttpHealthCheck("/health").WithHttpHealthCheck("/ready");

        Should.Throw<DistributedApplicationException>(() => site.WithHttpHealthCheck("/health")).Message
            .ShouldBe("Resource 'site' has the health check 'site_http_/health_200_check' already. Add it once.");
        Should.Throw<DistributedApplicationException>(() => site.WithHealthCheck("queue").WithHealthCheck("queue")).Message
            .ShouldBe("Resource 'site' has the health check 'queue' already. Add it once.");
    }

    [Fact]
    public void A_check_without_an_endpoint_for_it_names_what_was_looked_for()
    {
        var service = _builder.AddExecutable("service", "/bin/true", "/").WithEndpoint(targetPort: 70, scheme: "tcp", name: "raw");

        Should.Throw<DistributedApplicationException>(() => service.WithHttpHealthCheck()).Message.ShouldBe(
            "The health check of resource 'service' needs an endpoint named 'https' or 'http', and it has none. Declare it, or name another with endpointName:.");
        Should.Throw<DistributedApplicationException>(() => service.WithHttpHealthCheck(endpointName: "web")).Message.ShouldBe(
            "The health check of resource 'service' needs an endpoint named 'web', and it has none. Declare it, or name another with endpointName:.");
        Should.Throw<DistributedApplicationException>(() => service.WithHttpHealthCheck(endpointName: "raw")).Message.ShouldBe(
            "The health check of resource 'service' can't use endpoint 'raw': its scheme is 'tcp'. Name one that speaks http.");
    }

    [Fact]
    public void A_project_may_get_the_endpoint_of_its_check_later()
        => _builder.AddProject<Models.Site>("site", launchProfileName: null).WithHttpHealthCheck("/health").WithSequentialPorts(8001)
            .Resource.Annotations.OfType<HealthCheckAnnotation>().Single().Key.ShouldBe("site_http_/health_200_check");

    [Fact]
    public void A_probe_has_Aspires_defaults_and_brings_the_check_of_its_path()
    {
        var site = _builder.AddSite().WithHttpProbe(ProbeType.Readiness, "ready");

        var probe = site.Resource.Annotations.OfType<EndpointProbeAnnotation>().Single();
        (probe.Type, probe.Path, probe.EndpointReference.EndpointName).ShouldBe((ProbeType.Readiness, "/ready", "http"));
        (probe.InitialDelaySeconds, probe.PeriodSeconds, probe.TimeoutSeconds, probe.FailureThreshold, probe.SuccessThreshold).ShouldBe((5, 5, 1, 3, 1));
        site.Resource.Annotations.OfType<HealthCheckAnnotation>().Single().Key.ShouldBe("site_http_/ready_200_check");
    }

    [Fact]
    public void There_is_one_probe_of_each_type_and_one_check_for_a_path_they_share()
    {
        var site = _builder.AddSite()
            .WithHttpProbe(ProbeType.Readiness, "/old")
            .WithHttpProbe(ProbeType.Readiness, "/health", periodSeconds: 9)
            .WithHttpProbe(ProbeType.Liveness, "/health");

        site.Resource.Annotations.OfType<EndpointProbeAnnotation>().Select(p => (p.Type, p.Path, p.PeriodSeconds)).ShouldBe([(ProbeType.Readiness, "/health", 9), (ProbeType.Liveness, "/health", 5)]);
        site.Resource.Annotations.OfType<HealthCheckAnnotation>().Count().ShouldBe(2);
    }

    [Theory]
    [InlineData(-1, 1, 1, 1, 1, "initialDelaySeconds")]
    [InlineData(0, 0, 1, 1, 1, "periodSeconds")]
    [InlineData(0, 1, 0, 1, 1, "timeoutSeconds")]
    [InlineData(0, 1, 1, 0, 1, "failureThreshold")]
    [InlineData(0, 1, 1, 1, 0, "successThreshold")]
    public void A_number_that_is_too_small_is_refused(int delay, int period, int timeout, int failures, int successes, string parameter)
        => Should.Throw<ArgumentOutOfRangeException>(() => _builder.AddSite().WithHttpProbe(ProbeType.Startup, "/", delay, period, timeout, failures, successes)).ParamName.ShouldBe(parameter);

    [Fact]
    public async Task A_check_that_is_not_registered_keeps_the_application_from_starting()
    {
        _builder.AddExecutable("job", "/bin/true", "/").WithHealthCheck("missing");
        _builder.Configuration["Stack:State"] = Directory.CreateTempSubdirectory("stack-health-").FullName;
        _builder.Configuration["Stack:AppName"] = "health-test"; // an AppHost of the usual name may run on this machine
        try
        {
            await using var app = _builder.Build();

            (await Should.ThrowAsync<DistributedApplicationException>(app.StartAsync(TestContext.Current.CancellationToken))).Message
                .ShouldStartWith("Resource 'job' has the health check 'missing', which is not registered.");
        }
        finally
        {
            Directory.Delete(_builder.Configuration["Stack:State"]!, recursive: true);
        }
    }
}
