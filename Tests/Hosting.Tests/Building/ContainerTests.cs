using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Building;

/// <summary>What the fluent methods of containers do to the model.</summary>
public sealed class ContainerTests
{
    [Theory]
    [InlineData("redis", null, "redis", "latest", null)]
    [InlineData("redis:7", null, "redis", "7", null)]
    [InlineData("images.example/team/redis:7", "images.example", "team/redis", "7", null)]
    [InlineData("images.example/redis@sha256:abc", "images.example", "redis", null, "abc")]
    public void The_image_is_read_from_its_name(string text, string? registry, string image, string? tag, string? digest)
        => Parts(Models.Empty().AddContainer("cache", text)).ShouldBe((registry, image, tag, digest));

    [Fact]
    public void The_tag_can_be_given_beside_the_image()
        => Parts(Models.Empty().AddContainer("cache", "images.example/redis", "7")).ShouldBe(("images.example", "redis", "7", null));

    [Fact]
    public void Two_tags_are_refused_with_both()
    {
        var builder = Models.Empty();

        Should.Throw<InvalidOperationException>(() => builder.AddContainer("cache", "redis:7", "8")).Message.ShouldBe(
            "The image 'redis:7' of resource 'cache' carries the tag '7', and the tag '8' is given beside it. Leave one of them out.");
    }

    [Fact]
    public void A_new_image_keeps_the_registry_unless_it_carries_one()
    {
        var cache = Models.Empty().AddContainer("cache", "images.example/redis:7");

        Parts(cache.WithImage("valkey")).ShouldBe(("images.example", "valkey", "latest", null));
        Parts(cache.WithImage("other.example/valkey", "8")).ShouldBe(("other.example", "valkey", "8", null));
        Parts(cache.WithImageRegistry(null)).ShouldBe((null, "valkey", "8", null));
        cache.Resource.Annotations.OfType<ContainerImageAnnotation>().Count().ShouldBe(1);
    }

    [Fact]
    public void Tag_and_digest_exclude_each_other()
    {
        var cache = Models.Empty().AddContainer("cache", "redis:7");

        Parts(cache.WithImageSHA256("abc")).ShouldBe((null, "redis", null, "abc"));
        Parts(cache.WithImageTag("8")).ShouldBe((null, "redis", "8", null));
    }

    [Fact]
    public void What_acts_on_an_image_needs_one()
    {
        var empty = Models.Empty().AddResource(new ContainerResource("cache"));

        Should.Throw<InvalidOperationException>(() => empty.WithImageTag("7")).Message.ShouldBe(
            "WithImageTag needs an image to act on, and the resource 'cache' has none. Call WithImage before it.");
        Should.Throw<InvalidOperationException>(() => empty.WithImageRegistry("images.example")).Message.ShouldBe(
            "WithImageRegistry needs an image to act on, and the resource 'cache' has none. Call WithImage before it.");
        Should.Throw<InvalidOperationException>(() => empty.WithImageSHA256("abc")).Message.ShouldBe(
            "WithImageSHA256 needs an image to act on, and the resource 'cache' has none. Call WithImage before it.");
    }

    [Theory]
    [InlineData("redis", "redis:latest")]
    [InlineData("images.example/redis:7", "images.example/redis:7")]
    [InlineData("images.example/redis@sha256:abc", "images.example/redis@sha256:abc")]
    public void The_name_of_the_image_is_put_together(string text, string expected)
    {
        Models.Empty().AddContainer("cache", text).Resource.TryGetContainerImageName(out var name).ShouldBeTrue();

        name.ShouldBe(expected);
    }

    [Fact]
    public void A_resource_without_an_image_has_no_name_of_one()
        => Models.Empty().AddExecutable("tool", "/bin/true", ".").Resource.TryGetContainerImageName(out _).ShouldBeFalse();

    [Fact]
    public void A_container_has_an_image_or_is_built()
    {
        var builder = Models.Empty();
        var image = builder.AddContainer("image", "redis").Resource;
        var built = builder.AddResource(new ContainerResource("built"));
        var empty = builder.AddResource(new ContainerResource("empty")).Resource;
        var tool = builder.AddExecutable("tool", "/bin/true", ".").Resource;
        built.WithAnnotation(new DockerfileBuildAnnotation("/src", "/src/Dockerfile", null));

        new IResource[] { image, built.Resource, empty, tool }.Select(r => r.IsContainer()).ShouldBe([true, true, false, false]);
        new DistributedApplicationModel(builder.Resources).GetContainerResources().ShouldBe([image, built.Resource]);
    }

    [Fact]
    public void The_last_word_on_lifetime_name_pull_policy_and_proxies_counts()
    {
        var cache = Models.Empty().AddContainer("cache", "redis")
            .WithLifetime(ContainerLifetime.Persistent).WithLifetime(ContainerLifetime.Session)
            .WithContainerName("one").WithContainerName("two")
            .WithImagePullPolicy(ImagePullPolicy.Always).WithImagePullPolicy(ImagePullPolicy.Never)
            .WithEndpointProxySupport(true).WithEndpointProxySupport(false)
            .Resource;

        cache.Annotations.OfType<ContainerLifetimeAnnotation>().Single().Lifetime.ShouldBe(ContainerLifetime.Session);
        cache.Annotations.OfType<ContainerNameAnnotation>().Single().Name.ShouldBe("two");
        cache.Annotations.OfType<ContainerImagePullPolicyAnnotation>().Single().ImagePullPolicy.ShouldBe(ImagePullPolicy.Never);
        cache.Annotations.OfType<ProxySupportAnnotation>().Single().ProxyEnabled.ShouldBeFalse();
    }

    [Fact]
    public void Aliases_add_up()
        => Models.Empty().AddContainer("cache", "redis").WithContainerNetworkAlias("a").WithContainerNetworkAlias("b")
            .Resource.Annotations.OfType<ContainerNetworkAliasAnnotation>().Select(a => a.Alias).ShouldBe(["a", "b"]);

    [Fact]
    public void The_entrypoint_can_be_set_when_the_container_is_added_or_later()
    {
        new ContainerResource("cache", "/bin/one").Entrypoint.ShouldBe("/bin/one");
        Models.Empty().AddContainer("cache", "redis").WithEntrypoint("/bin/two").Resource.Entrypoint.ShouldBe("/bin/two");
    }

    [Fact]
    public async Task Arguments_for_the_engine_are_collected_in_order()
    {
        var cache = Models.Empty().AddContainer("cache", "redis")
            .WithContainerRuntimeArgs("--memory", "64m")
            .WithContainerRuntimeArgs(context => context.Args.Add("--privileged"))
            .WithContainerRuntimeArgs(context =>
            {
                context.Args.Add("--init");
                return Task.CompletedTask;
            })
            .WithAnnotation(new ContainerRuntimeArgsCallbackAnnotation(args => args.Add("--tty")));
        var context = new ContainerRuntimeArgsCallbackContext(new List<object>(), TestContext.Current.CancellationToken);

        foreach (var callback in cache.Resource.Annotations.OfType<ContainerRuntimeArgsCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        context.Args.ShouldBe(["--memory", "64m", "--privileged", "--init", "--tty"]);
    }

    [Fact]
    public void Names_of_volumes_tell_application_AppHost_resource_and_use()
    {
        var builder = Models.Empty("--AppHost:Sha256=0123456789ABCDEF", "--applicationName", "My Shop");
        var cache = builder.AddContainer("cache", "redis");

        VolumeNameGenerator.Generate(cache, "data").ShouldBe($"{builder.Environment.ApplicationName.ToLowerInvariant().Replace(' ', '_')}-{builder.Configuration["AppHost:Sha256"]![..10].ToLowerInvariant()}-cache-data");
        Should.Throw<ArgumentException>(() => VolumeNameGenerator.Generate(cache, "my data")).Message.ShouldBe(
            "'my data' can't be part of a volume's name. Use ASCII letters, digits, '_', '.' and '-'. (Parameter 'suffix')");
    }

    private static (string? Registry, string Image, string? Tag, string? Digest) Parts<T>(IResourceBuilder<T> container)
        where T : ContainerResource
    {
        container.Resource.TryGetLastAnnotation<ContainerImageAnnotation>(out var image).ShouldBeTrue();
        return (image.Registry, image.Image, image.Tag, image.SHA256);
    }
}
