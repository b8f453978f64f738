using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Tests.Building;

public sealed class AddNginxTests
{
    [Fact]
    public void It_is_a_container_for_publishers_with_an_endpoint_on_its_port()
    {
        var builder = DistributedApplication.CreateBuilder();

        var nginx = builder.AddNginx("nginx", port: 8080).Resource;

        nginx.ShouldBeAssignableTo<ContainerResource>();
        nginx.ShouldBeAssignableTo<IResourceWithServiceDiscovery>();
        nginx.TryGetLastAnnotation<ContainerImageAnnotation>(out var image).ShouldBeTrue();
        (image!.Image, image.Tag).ShouldBe(("nginx", "1.28"));
        nginx.HttpEndpoint.EndpointAnnotation.Port.ShouldBe(8080);
        nginx.HttpEndpoint.EndpointAnnotation.UriScheme.ShouldBe("http");
        nginx.HttpEndpoint.EndpointAnnotation.IsExternal.ShouldBeFalse();
        nginx.HasAnnotationOfType<ExecutableAnnotation>().ShouldBeFalse();
    }

    [Fact]
    public void The_image_of_the_setting_is_taken()
    {
        var builder = DistributedApplication.CreateBuilder(["--Stack:Nginx:Image=images.example/nginx:1.29"]);

        builder.AddNginx("nginx").Resource.TryGetLastAnnotation<ContainerImageAnnotation>(out var image).ShouldBeTrue();

        (image!.Registry, image.Image, image.Tag).ShouldBe(("images.example", "nginx", "1.29"));
    }

    [Fact]
    public void It_is_stopped_by_QUIT_ends_by_TERM_with_the_AppHost_and_is_always_restarted()
    {
        var nginx = DistributedApplication.CreateBuilder().AddNginx("nginx", port: 8080).Resource;

        nginx.TryGetLastAnnotation<SupervisionAnnotation>(out var supervision).ShouldBeTrue();
        (supervision!.Options.StopSignal, supervision.Options.ParentDeathSignal).ShouldBe((3, 15));
        nginx.TryGetLastAnnotation<RestartPolicyAnnotation>(out var restart).ShouldBeTrue();
        restart!.Mode.ShouldBe(RestartMode.Always);
    }

    [Fact]
    public void It_fronts_its_upstream_and_waits_for_one_of_its_replicas()
    {
        var builder = DistributedApplication.CreateBuilder();
        var site = builder.AddResource(new ProjectResource("site"));

        var nginx = builder.AddNginx("nginx", port: 8080).WithUpstream(site).Resource;

        site.Resource.TryGetLastAnnotation<GatewayAnnotation>(out var gateway).ShouldBeTrue();
        gateway!.Gateway.ShouldBeSameAs(nginx);
        nginx.TryGetLastAnnotation<WaitAnnotation>(out var wait).ShouldBeTrue();
        (wait!.Resource, wait.WaitType).ShouldBe((site.Resource, WaitType.WaitUntilHealthy));
    }

    [Fact]
    public void A_second_upstream_is_an_error()
    {
        var builder = DistributedApplication.CreateBuilder();
        var nginx = builder.AddNginx("nginx", port: 8080).WithUpstream(builder.AddResource(new ProjectResource("site")));

        Should.Throw<DistributedApplicationException>(() => nginx.WithUpstream(builder.AddResource(new ProjectResource("other")))).Message
            .ShouldBe("Nginx 'nginx' sends requests for '/' to 'site' already, so it can't send them to 'other' too. Declare each path once.");
    }

    [Fact]
    public void A_runtime_that_is_none_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => DistributedApplication.CreateBuilder().AddNginx("nginx").WithRuntime((NginxRuntime)9));
}
