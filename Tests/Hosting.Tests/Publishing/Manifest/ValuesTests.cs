using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Publishing.Manifest;

public sealed class ValuesTests
{
    private readonly IDistributedApplicationBuilder _builder = Manifests.Builder();

    [Theory]
    [InlineData("text", "plain")]
    [InlineData("empty", "")]
    [InlineData("parameter", "{key.value}")]
    [InlineData("url", "{api.bindings.http.url}")]
    [InlineData("host", "{api.bindings.http.host}")]
    [InlineData("port", "{api.bindings.http.port}")]
    [InlineData("targetPort", "{api.bindings.http.targetPort}")]
    [InlineData("scheme", "{api.bindings.http.scheme}")]
    [InlineData("hostAndPort", "{api.bindings.http.host}:{api.bindings.http.port}")]
    [InlineData("expression", "http://{api.bindings.http.host}/{key.value}?x={{1}}")]
    [InlineData("function", "computed")]
    [InlineData("number", "8080")]
    [InlineData("flag", "true")]
    public async Task A_variable_has_its_text_or_a_placeholder(string kind, string expected)
    {
        var key = _builder.AddParameter("key");
        var http = _builder.AddContainer("api", "image").WithHttpEndpoint(targetPort: 80).GetEndpoint("http");
        var tool = _builder.AddContainer("tool", "image");
        _ = kind switch
        {
            "text" => tool.WithEnvironment("V", "plain"),
            "empty" => tool.WithEnvironment("V", (string?)null),
            "parameter" => tool.WithEnvironment("V", key),
            "url" => tool.WithEnvironment("V", http),
            "host" => tool.WithEnvironment("V", http.Property(EndpointProperty.Host)),
            "port" => tool.WithEnvironment("V", http.Property(EndpointProperty.Port)),
            "targetPort" => tool.WithEnvironment("V", http.Property(EndpointProperty.TargetPort)),
            "scheme" => tool.WithEnvironment("V", http.Property(EndpointProperty.Scheme)),
            "hostAndPort" => tool.WithEnvironment("V", http.Property(EndpointProperty.HostAndPort)),
            "expression" => tool.WithEnvironment("V", ReferenceExpression.Create($"http://{http.Property(EndpointProperty.Host)}/{key.Resource}?x={{{{1}}}}")),
            "function" => tool.WithEnvironment("V", () => "computed"),
            "number" => tool.WithEnvironment(c => c.EnvironmentVariables["V"] = 8080),
            _ => tool.WithEnvironment(c => c.EnvironmentVariables["V"] = true),
        };

        ((string?)(await Manifests.WriteAsync(tool))["env"]!["V"]).ShouldBe(expected);
    }

    [Fact]
    public async Task Arguments_are_texts_and_placeholders_in_their_order()
    {
        var key = _builder.AddParameter("key");
        var tool = _builder.AddContainer("tool", "image").WithHttpEndpoint(targetPort: 80).WithArgs("--key", key.Resource);
        tool.WithArgs(context => context.Args.Add(tool.GetEndpoint("http")));

        (await Manifests.WriteAsync(tool))["args"].Texts().ShouldBe(["--key", "{key.value}", "{tool.bindings.http.url}"]);
    }

    [Fact]
    public async Task A_resource_without_variables_and_arguments_has_no_such_fields()
        => (await Manifests.WriteAsync(_builder.AddContainer("tool", "image"))).Fields().ShouldBe(["type", "image"]);

    [Fact]
    public async Task A_callback_is_told_that_it_is_publish_mode()
    {
        List<bool> modes = [];
        var tool = _builder.AddContainer("tool", "image")
            .WithEnvironment(c => modes.Add(c.ExecutionContext.IsPublishMode))
            .WithArgs(c => modes.Add(c.ExecutionContext.IsPublishMode));

        await Manifests.WriteAsync(tool);

        modes.ShouldBe([true, true]);
    }

    [Fact]
    public async Task A_reference_to_a_service_is_a_set_of_placeholders()
    {
        var api = _builder.AddSite("api");
        var web = _builder.AddContainer("web", "image").WithReference(api);

        var env = (await Manifests.WriteAsync(web))["env"]!;

        ((string?)env["services__api__http__0"]).ShouldBe("{api.bindings.http.url}");
        ((string?)env["services__api__https__0"]).ShouldBe("{api.bindings.https.url}");
    }

    [Fact]
    public async Task A_variable_that_is_known_at_run_time_only_is_an_error_that_names_it()
    {
        _builder.AddContainer("tool", "image").WithEnvironment(c => c.EnvironmentVariables["V"] = new RunTimeOnly());

        (await Should.ThrowAsync<DistributedApplicationException>(() => Manifests.WriteAsync(_builder))).Message.ShouldBe(
            "The environment variable 'V' of resource 'tool' is known only when the application runs (RunTimeOnly), so it can't be published. Set it in run mode only, or give it a value that has a manifest expression.");
    }

    [Fact]
    public async Task An_argument_that_is_known_at_run_time_only_is_an_error_that_names_it()
    {
        _builder.AddContainer("tool", "image").WithArgs("first", new RunTimeOnly());

        (await Should.ThrowAsync<DistributedApplicationException>(() => Manifests.WriteAsync(_builder))).Message.ShouldStartWith("Argument 2 of resource 'tool' is known only");
    }

    [Fact]
    public async Task A_percent_encoded_parameter_becomes_a_resource_of_its_own()
    {
        var password = _builder.AddParameter("password", secret: true).Resource;
        _builder.AddContainer("tool", "image").WithEnvironment("URL", ReferenceExpression.Create($"http://me:{password:uri}@host?p={password}"));

        var manifest = await Manifests.WriteAsync(_builder);

        ((string?)manifest["tool"]["env"]!["URL"]).ShouldBe("http://me:{password-uri-encoded.value}@host?p={password.value}");
        manifest.Resources.Select(r => r.Key).ShouldBe(["password", "tool", "password-uri-encoded"]);
        manifest["password-uri-encoded"].ToJsonString().ShouldBe("""{"type":"annotated.string","value":"{password.value}","filter":"uri"}""");
    }

    [Fact]
    public async Task The_same_encoded_value_is_one_resource()
    {
        var password = _builder.AddParameter("password", secret: true).Resource;
        _builder.AddContainer("one", "image").WithEnvironment("A", ReferenceExpression.Create($"{password:uri}"));
        _builder.AddContainer("two", "image").WithEnvironment("B", ReferenceExpression.Create($"x{password:uri}"));

        var manifest = await Manifests.WriteAsync(_builder);

        manifest.Resources.Count(r => r.Key.Contains("encoded", StringComparison.Ordinal)).ShouldBe(1);
        ((string?)manifest["two"]["env"]!["B"]).ShouldBe("x{password-uri-encoded.value}");
    }

    [Fact]
    public async Task A_name_that_is_taken_gets_a_number()
    {
        var password = _builder.AddParameter("password", secret: true).Resource;
        _builder.AddContainer("password-uri-encoded", "image");
        _builder.AddContainer("password-uri-encoded-1", "image").WithEnvironment("A", ReferenceExpression.Create($"{password:uri}"));

        var manifest = await Manifests.WriteAsync(_builder);

        ((string?)manifest["password-uri-encoded-1"]["env"]!["A"]).ShouldBe("{password-uri-encoded-2.value}");
        ((string?)manifest["password-uri-encoded-2"]["type"]).ShouldBe("annotated.string");
    }

    [Fact]
    public async Task An_encoded_property_of_an_endpoint_is_named_after_its_placeholder()
    {
        var http = _builder.AddContainer("api", "image").WithHttpEndpoint(targetPort: 80).GetEndpoint("http");
        _builder.AddContainer("tool", "image").WithEnvironment("A", ReferenceExpression.Create($"{http.Property(EndpointProperty.Url):uri}"));

        var manifest = await Manifests.WriteAsync(_builder);

        ((string?)manifest["tool"]["env"]!["A"]).ShouldBe("{api-bindings-http-url-uri-encoded.value}");
        ((string?)manifest["api-bindings-http-url-uri-encoded"]["value"]).ShouldBe("{api.bindings.http.url}");
    }

    private sealed class RunTimeOnly : IValueProvider
    {
        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>("x");
    }
}
