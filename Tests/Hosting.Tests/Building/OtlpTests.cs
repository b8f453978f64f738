using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Building;

public sealed class OtlpTests
{
    private const string Grpc = "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL";
    private const string Http = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";

    [Fact]
    public async Task Without_any_setting_senders_use_grpc_on_the_default_port()
    {
        var environment = await Models.Empty("--environment", "Production").AddTool().WithOtlpExporter().EnvironmentAsync();

        environment.ShouldBe(
            new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:18889",
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
                ["OTEL_SERVICE_NAME"] = "tool",
                ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=tool",
            },
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("http://localhost:1", null, null, "http://localhost:1", "grpc")]
    [InlineData(null, "http://localhost:2", null, "http://localhost:2", "http/protobuf")]
    [InlineData("http://localhost:1", "http://localhost:2", null, "http://localhost:1", "grpc")]
    [InlineData("http://localhost:1", "http://localhost:2", OtlpProtocol.Grpc, "http://localhost:1", "grpc")]
    [InlineData("http://localhost:1", "http://localhost:2", OtlpProtocol.HttpProtobuf, "http://localhost:2", "http/protobuf")]
    [InlineData("http://localhost:1", "http://localhost:2", OtlpProtocol.HttpJson, "http://localhost:2", "http/json")]
    [InlineData(null, "http://localhost:2", OtlpProtocol.Grpc, "http://localhost:18889", "grpc")]
    public async Task The_address_follows_from_the_settings_and_the_protocol(string? grpc, string? http, OtlpProtocol? protocol, string endpoint, string expected)
    {
        var tool = Models.Empty($"{Grpc}={grpc}", $"{Http}={http}").AddTool();

        var environment = await (protocol is { } required ? tool.WithOtlpExporter(required) : tool.WithOtlpExporter()).EnvironmentAsync();

        environment["OTEL_EXPORTER_OTLP_ENDPOINT"].ShouldBe(endpoint);
        environment["OTEL_EXPORTER_OTLP_PROTOCOL"].ShouldBe(expected);
    }

    [Theory]
    [InlineData("DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "grpc")]
    [InlineData("DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http/protobuf")]
    public async Task The_old_names_of_the_settings_are_read_too(string variable, string protocol)
    {
        var environment = await Models.Empty($"{variable}=http://localhost:7").AddTool().WithOtlpExporter().EnvironmentAsync();

        environment["OTEL_EXPORTER_OTLP_ENDPOINT"].ShouldBe("http://localhost:7");
        environment["OTEL_EXPORTER_OTLP_PROTOCOL"].ShouldBe(protocol);
    }

    [Fact]
    public async Task Http_without_its_address_is_an_error_that_names_the_variable()
        => (await Should.ThrowAsync<InvalidOperationException>(() => Models.Empty().AddTool().WithOtlpExporter(OtlpProtocol.HttpProtobuf).ConfigurationAsync())).Message.ShouldBe(
            "Telemetry is to be sent by HTTP, and the dashboard's address for that is not set. Set ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL, for example to http://localhost:18890.");

    [Fact]
    public async Task A_key_is_sent_along()
    {
        var configuration = await Models.Empty("AppHost:OtlpApiKey=k").AddTool().WithOtlpExporter().ConfigurationAsync();

        configuration.EnvironmentVariables.Single(v => v.Key == "OTEL_EXPORTER_OTLP_HEADERS").Value.ShouldBe("x-otlp-api-key=k");
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public async Task In_development_telemetry_is_sent_at_once_and_whole(string environment, bool expected)
    {
        var variables = await Models.Empty("--environment", environment).AddTool().WithOtlpExporter().EnvironmentAsync();

        foreach (var (name, value) in new[]
            {
                ("OTEL_BLRP_SCHEDULE_DELAY", "1000"), ("OTEL_BSP_SCHEDULE_DELAY", "1000"), ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
                ("OTEL_TRACES_SAMPLER", "always_on"), ("OTEL_METRICS_EXEMPLAR_FILTER", "trace_based"),
            })
        {
            variables.GetValueOrDefault(name).ShouldBe(expected ? value : null);
        }
    }

    [Fact]
    public async Task Projects_send_without_being_told_and_others_do_not()
    {
        var builder = Models.Empty();

        (await builder.AddSite().EnvironmentAsync()).ShouldContainKey("OTEL_EXPORTER_OTLP_ENDPOINT");
        (await builder.AddTool().EnvironmentAsync()).ShouldNotContainKey("OTEL_EXPORTER_OTLP_ENDPOINT");
    }

    [Fact]
    public async Task A_project_can_be_told_another_protocol()
    {
        var site = Models.Empty($"{Http}=http://localhost:2").AddSite().WithOtlpExporter(OtlpProtocol.HttpProtobuf);

        (await site.EnvironmentAsync())["OTEL_EXPORTER_OTLP_PROTOCOL"].ShouldBe("http/protobuf");
        site.Resource.Annotations.OfType<OtlpExporterAnnotation>().Last().RequiredProtocol.ShouldBe(OtlpProtocol.HttpProtobuf);
    }

    [Fact]
    public async Task Publishing_sets_nothing()
        => (await Models.Empty("--operation", "publish").AddTool().WithOtlpExporter().EnvironmentAsync()).ShouldBeEmpty();

    [Fact]
    public async Task A_resource_without_its_builder_can_be_told_too()
    {
        var builder = Models.Empty();
        var tool = builder.AddTool();

        OtlpConfigurationExtensions.AddOtlpEnvironment(tool.Resource, builder.Configuration, builder.Environment);

        (await tool.EnvironmentAsync())[OtlpConfigurationExtensions.OtlpEndpointEnvironmentVariableName].ShouldBe("http://localhost:18889");
    }

    [Fact]
    public async Task A_variable_that_is_set_afterwards_wins()
        => (await Models.Empty().AddTool().WithOtlpExporter().WithEnvironment("OTEL_SERVICE_NAME", "mine").EnvironmentAsync())["OTEL_SERVICE_NAME"].ShouldBe("mine");
}
