using Aspire.Hosting;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Manifest;

namespace Hosting.Tests.Publishing.Manifest;

public sealed class ManifestChecksTests
{
    private readonly IDistributedApplicationBuilder _builder = Manifests.Builder();

    [Fact]
    public async Task References_to_what_is_excluded_are_errors_that_name_all_ends()
    {
        var hidden = _builder.AddContainer("hidden", "image").WithHttpEndpoint(targetPort: 80).ExcludeFromManifest();
        _builder.AddContainer("it", "image").WithEnvironment("URL", hidden.GetEndpoint("http")).WithArgs("--url", hidden.GetEndpoint("http"));

        (await Should.ThrowAsync<DistributedApplicationException>(() => Manifests.WriteAsync(_builder))).Message.ShouldBe(string.Join(
            Environment.NewLine,
            "'args[1]' of resource 'it' refers to '{hidden.bindings.http.url}', which the manifest does not have. Publish 'hidden' too, with that endpoint or value, or set 'args[1]' in run mode only.",
            "'env.URL' of resource 'it' refers to '{hidden.bindings.http.url}', which the manifest does not have. Publish 'hidden' too, with that endpoint or value, or set 'env.URL' in run mode only."));
    }

    [Fact]
    public async Task Text_that_looks_like_a_reference_is_a_warning()
    {
        var container = _builder.AddContainer("it", "image").WithEnvironment("TEMPLATE", "{user.name}");

        (await WarningsAsync()).ShouldBe(["'env.TEMPLATE' of resource 'it' has '{user.name}' in it, which tools that read the manifest take for a reference to a resource."]);
        container.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_type_that_is_not_known_is_a_warning()
    {
        _builder.AddContainer("it", "image").WithManifestPublishingCallback(c => c.Writer.WriteString("type", "mine.v0"));

        (await WarningsAsync()).ShouldBe(["Resource 'it' has the type 'mine.v0' in the manifest, which azd and Aspire's other tools may not know. Leave it out with ExcludeFromManifest, unless yours does."]);
    }

    [Fact]
    public async Task A_mounted_folder_of_this_machine_is_a_warning_and_one_of_the_sources_is_none()
    {
        _builder.AddContainer("it", "image").WithBindMount("conf", "/conf").WithBindMount("/etc/hosts", "/hosts");

        (await WarningsAsync()).ShouldHaveSingleItem().ShouldStartWith("Container 'it' mounts '/etc/hosts', which is outside of '");
    }

    [Fact]
    public async Task A_gateway_without_its_configuration_is_a_warning()
    {
        var front = _builder.AddContainer("front", "image").WithHttpEndpoint(targetPort: 80);
        _builder.AddContainer("it", "image").WithHttpEndpoint(targetPort: 8080).WithAnnotation(new GatewayAnnotation(front.Resource));

        (await WarningsAsync()).ShouldHaveSingleItem().ShouldStartWith("The gateway 'front' is in the manifest without its configuration, for which the format has no place: it does not pass requests on to 'it' by itself. ");
    }

    private async Task<IReadOnlyList<string>> WarningsAsync()
    {
        await using var app = _builder.Build();
        var rendered = await ManifestStep.RenderAsync(
            _builder.ExecutionContext, new(_builder.Resources), _builder.Configuration, Path.Combine(_builder.AppHostDirectory, "m.json"), TestContext.Current.CancellationToken);
        return rendered.Warnings;
    }
}
