using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Building;

/// <summary>Containers that are built, in the model.</summary>
public sealed class DockerfileTests
{
    [Theory]
    [InlineData("worker", null, "worker", "worker/Dockerfile")]
    [InlineData("worker", "docker/Dev.Dockerfile", "worker", "worker/docker/Dev.Dockerfile")]
    [InlineData("./src/../worker", "../Dockerfile", "worker", "Dockerfile")]
    public void Paths_start_at_the_AppHosts_folder_and_at_the_context(string context, string? dockerfile, string folder, string file)
    {
        var builder = Models.Empty();

        var build = Build(builder.AddDockerfile("worker", context, dockerfile, "final"));

        build.ContextPath.ShouldBe(Path.Combine(builder.AppHostDirectory, folder));
        build.DockerfilePath.ShouldBe(Path.Combine(builder.AppHostDirectory, file));
        build.Stage.ShouldBe("final");
        build.HasEntrypoint.ShouldBeTrue();
    }

    [Fact]
    public void What_is_built_is_what_runs_whatever_image_was_named_before()
    {
        var worker = Models.Empty().AddContainer("Worker", "images.example/team/worker:7").WithDockerfile("worker");

        worker.Resource.TryGetContainerImageName(out var built).ShouldBeTrue();
        built.ShouldStartWith("worker:");
        worker.Resource.TryGetContainerImageName(useBuiltImage: false, out var named).ShouldBeTrue();
        named.ShouldBe(built);
        Build(Models.Empty().AddDockerfile("Worker", "worker")).ImageTag.ShouldBe(Build(worker).ImageTag, "the image of the last start is replaced");
        Build(Models.Empty().AddDockerfile("other", "worker")).ImageTag.ShouldNotBe(Build(worker).ImageTag);
    }

    [Fact]
    public void The_last_Dockerfile_counts()
    {
        var worker = Models.Empty().AddDockerfile("worker", "one").WithDockerfile("two");

        worker.Resource.Annotations.OfType<DockerfileBuildAnnotation>().Single().ContextPath.ShouldEndWith("/two");
    }

    [Fact]
    public void Build_arguments_are_kept_as_they_were_given()
    {
        var worker = Models.Empty().AddDockerfile("worker", "worker").WithBuildArg("A", "text").WithBuildArg("B", 7).WithBuildArg("C", true).WithBuildArg("D", null as string);

        Build(worker).BuildArguments.ShouldBe(new Dictionary<string, object?> { ["A"] = "text", ["B"] = 7, ["C"] = true, ["D"] = null });
    }

    [Fact]
    public void A_build_argument_needs_a_build()
        => Should.Throw<InvalidOperationException>(() => Models.Empty().AddContainer("cache", "redis").WithBuildArg("VERSION", "7")).Message.ShouldBe(
            "WithBuildArg sets 'VERSION' for the build of an image, and the resource 'cache' is not built. Call WithDockerfile before it.");

    private static DockerfileBuildAnnotation Build<T>(IResourceBuilder<T> container)
        where T : ContainerResource
        => container.Resource.Annotations.OfType<DockerfileBuildAnnotation>().Single();
}
