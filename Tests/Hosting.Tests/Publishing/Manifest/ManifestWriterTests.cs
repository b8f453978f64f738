using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;
using Stack.Hosting.Publishing.Manifest;

namespace Hosting.Tests.Publishing.Manifest;

public sealed class ManifestWriterTests
{
    private readonly IDistributedApplicationBuilder _builder = Manifests.Builder();

    [Fact]
    public async Task An_empty_model_is_an_empty_list_of_resources()
        => (await Manifests.WriteAsync(_builder)).Text.ShouldBe("{\n  \"resources\": {}\n}\n");

    [Fact]
    public async Task Resources_keep_the_order_of_the_model()
    {
        _builder.AddContainer("z", "image");
        _builder.AddParameter("m");
        _builder.AddSite("a");

        (await Manifests.WriteAsync(_builder)).Resources.Select(r => r.Key).ShouldBe(["z", "m", "a"]);
    }

    [Fact]
    public async Task Text_that_is_not_ASCII_stays_readable()
    {
        _builder.AddContainer("it", "image").WithEnvironment("A", "grüße + 'x' & <y>");

        (await Manifests.WriteAsync(_builder)).Text.ShouldContain("\"A\": \"grüße + 'x' & <y>\"");
    }

    [Fact]
    public async Task Writing_twice_gives_the_same_bytes()
    {
        _builder.AddContainer("it", "image").WithEndpoint(name: "a").WithEnvironment("A", _builder.AddParameter("p"));
        await using var app = _builder.Build();
        var model = new DistributedApplicationModel(_builder.Resources);

        var one = await ManifestStep.RenderAsync(_builder.ExecutionContext, model, _builder.Configuration, "/tmp/m.json", TestContext.Current.CancellationToken);
        var two = await ManifestStep.RenderAsync(_builder.ExecutionContext, model, _builder.Configuration, "/tmp/m.json", TestContext.Current.CancellationToken);

        two.Text.ShouldBe(one.Text);
        two.Sidecar.ShouldBe(one.Sidecar);
    }

    [Fact]
    public async Task A_resource_that_is_excluded_is_left_out()
    {
        var hidden = _builder.AddContainer("hidden", "image").ExcludeFromManifest();
        _builder.AddContainer("shown", "image");

        (await Manifests.WriteAsync(_builder)).Resources.Select(r => r.Key).ShouldBe(["shown"]);
        hidden.Resource.IsExcludedFromPublish().ShouldBeTrue();
    }

    [Fact]
    public void Resources_are_not_excluded_by_themselves()
        => _builder.AddContainer("it", "image").Resource.IsExcludedFromPublish().ShouldBeFalse();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_callback_of_the_users_own_writes_in_place_of_the_type(bool asynchronous)
    {
        var container = _builder.AddContainer("it", "image").WithHttpEndpoint(targetPort: 80);
        _ = asynchronous
            ? container.WithManifestPublishingCallback(async context =>
            {
                await Task.Yield();
                context.Writer.WriteString("type", "mine.v0");
            })
            : container.WithManifestPublishingCallback(context => context.Writer.WriteString("type", "mine.v0"));

        (await Manifests.WriteAsync(container)).ToJsonString().ShouldBe("""{"type":"mine.v0"}""");
    }

    [Fact]
    public async Task The_last_callback_counts_and_takes_an_exclusion_back()
    {
        var container = _builder.AddContainer("it", "image")
            .WithManifestPublishingCallback(context => context.Writer.WriteString("type", "first.v0"))
            .ExcludeFromManifest()
            .WithManifestPublishingCallback(context => context.Writer.WriteString("type", "last.v0"));

        ((string?)(await Manifests.WriteAsync(container))["type"]).ShouldBe("last.v0");
        container.Resource.Annotations.OfType<ManifestPublishingCallbackAnnotation>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_callback_may_use_the_writers_of_the_context()
    {
        var key = _builder.AddParameter("key");
        var thing = _builder.AddResource(new Thing("it")).WithEndpoint(targetPort: 80, name: "main").WithEnvironment("A", key).WithArgs("x")
            .WithManifestPublishingCallback(async context =>
            {
                context.Writer.WriteString("type", "thing.v0");
                context.WriteConnectionString(new Thing("other"));
                await context.WriteCommandLineArgumentsAsync(_builder.Resources[1]);
                await context.WriteEnvironmentVariablesAsync(_builder.Resources[1]);
                context.WriteBindings(_builder.Resources[1]);
                context.ExecutionContext.IsPublishMode.ShouldBeTrue();
                Path.GetFileName(context.ManifestPath).ShouldBe("aspire-manifest.json");
            });

        (await Manifests.WriteAsync(thing)).Fields().ShouldBe(["type", "args", "env", "bindings"]);
    }

    [Fact]
    public async Task WriteContainerAsync_writes_the_type_too()
    {
        var container = _builder.AddContainer("it", "image");
        container.WithManifestPublishingCallback(context => context.WriteContainerAsync(container.Resource));

        (await Manifests.WriteAsync(container)).Fields().ShouldBe(["type", "image"]);
    }

    [Fact]
    public async Task A_resource_without_a_form_has_an_error_and_a_warning()
    {
        await using var app = _builder.Build();

        var (text, _, warnings) = await ManifestStep.RenderAsync(
            _builder.ExecutionContext, new DistributedApplicationModel([new Thing("it")]), _builder.Configuration, "/tmp/m.json", TestContext.Current.CancellationToken);

        JsonDocument.Parse(text).RootElement.GetProperty("resources").GetProperty("it").GetRawText().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)
            .ShouldBe("""{"error":"AresourceoftypeThinghasnoforminthemanifest."}""");
        warnings.ShouldBe(["Resource 'it' of type Thing has no form in the manifest, and tools that read it will refuse it. Leave it out with ExcludeFromManifest, or write it with WithManifestPublishingCallback."]);
    }

    [Fact]
    public async Task An_external_service_is_not_in_the_manifest()
    {
        _builder.AddExternalService("weather", "https://weather.example.org/");

        (await Manifests.WriteAsync(_builder)).Resources.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_referred_to_and_not_in_the_model_comes_at_the_end()
    {
        var outside = new ParameterResource("outside", _ => "x");
        _builder.AddContainer("one", "image").WithEnvironment(c => c.EnvironmentVariables["A"] = ReferenceExpression.Create($"x{outside}"));
        _builder.AddContainer("two", "image").WithEnvironment(c => c.EnvironmentVariables["A"] = outside);

        (await Manifests.WriteAsync(_builder)).Resources.Select(r => r.Key).ShouldBe(["one", "two", "outside"]);
    }

    [Fact]
    public async Task What_such_a_resource_refers_to_comes_after_it()
    {
        var inner = new ParameterResource("inner", _ => "x");
        var outer = new ConnectionStringResource("outer", ReferenceExpression.Create($"Key={inner}"));
        _builder.AddContainer("one", "image").WithEnvironment(c => c.EnvironmentVariables["A"] = outer);

        (await Manifests.WriteAsync(_builder)).Resources.Select(r => r.Key).ShouldBe(["one", "outer", "inner"]);
    }

    [Fact]
    public async Task A_callback_may_add_resources_that_are_referred_to()
    {
        var outside = new ParameterResource("outside", _ => "x");
        _builder.AddResource(new Thing("it")).WithManifestPublishingCallback(context =>
        {
            context.Writer.WriteString("type", "thing.v0");
            context.TryAddDependentResources(_builder.CreateResourceBuilder(outside));
            context.TryAddDependentResources(null);
            context.TryAddDependentResources("text");
        });

        (await Manifests.WriteAsync(_builder)).Resources.Select(r => r.Key).ShouldBe(["it", "outside"]);
    }

    [Theory]
    [InlineData("/a/b/m.json", "/a/b/c/x.csproj", "c/x.csproj")]
    [InlineData("/a/b/m.json", "/a/x.csproj", "../x.csproj")]
    [InlineData("/a/b/m.json", "/a/b", ".")]
    [InlineData("/a/b/m.json", "/c/d", "../../c/d")]
    [InlineData("/m.json", "/c/d", "c/d")]
    [InlineData("/a/m.json", null, null)]
    public void Paths_are_relative_to_the_manifests_folder(string manifest, string? path, string? expected)
    {
        using var writer = new Utf8JsonWriter(Stream.Null);

        new ManifestPublishingContext(_builder.ExecutionContext, manifest, writer).GetManifestRelativePath(path).ShouldBe(expected);
    }

    [Fact]
    public async Task An_executable_has_its_folder_and_command()
    {
        var written = await Manifests.WriteAsync(_builder.AddExecutable("job", "python3", "jobs", "main.py").WithEnvironment("A", "b").WithHttpEndpoint(targetPort: 80, env: "PORT"));

        written.Fields().ShouldBe(["type", "workingDirectory", "command", "args", "env", "bindings"]);
        ((string?)written["type"]).ShouldBe("executable.v0");
        ((string?)written["workingDirectory"]).ShouldBe("jobs");
        ((string?)written["command"]).ShouldBe("python3");
        ((string?)written["env"]!["PORT"]).ShouldBe("{job.bindings.http.targetPort}");
    }

    [Fact]
    public async Task An_executables_connection_string_is_left_out()
        => (await Manifests.WriteAsync(_builder.AddResource(new Server("it")))).Fields().ShouldBe(["type", "workingDirectory", "command"]);

    private sealed class Thing(string name) : Resource(name), IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs;

    private sealed class Server(string name) : ExecutableResource(name, "server", Path.GetTempPath()), IResourceWithConnectionString
    {
        public ReferenceExpression ConnectionStringExpression { get; } = ReferenceExpression.Create($"server");
    }
}
