using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Publishing.Manifest;

public sealed class ParameterEntryTests
{
    private readonly IDistributedApplicationBuilder _builder = Manifests.Builder();

    [Fact]
    public async Task A_parameter_is_asked_for_where_the_manifest_is_deployed()
        => (await Manifests.WriteAsync(_builder.AddParameter("key"))).ToJsonString()
            .ShouldBe("""{"type":"parameter.v0","value":"{key.inputs.value}","inputs":{"value":{"type":"string"}}}""");

    [Fact]
    public async Task A_secret_is_marked()
        => (await Manifests.WriteAsync(_builder.AddParameter("key", secret: true)))["inputs"]!.ToJsonString()
            .ShouldBe("""{"value":{"type":"string","secret":true}}""");

    [Fact]
    public async Task The_value_itself_is_never_written()
    {
        var builder = Manifests.Builder("--Parameters:key=hidden-value");

        (await Manifests.WriteAsync(builder.AddParameter("key"))).ToJsonString().ShouldNotContain("hidden-value");
    }

    [Theory]
    [InlineData(true, """{"type":"string","default":{"value":"blue"}}""")]
    [InlineData(false, """{"type":"string"}""")]
    public async Task A_value_in_code_is_published_when_it_was_said_so(bool publish, string expected)
        => (await Manifests.WriteAsync(_builder.AddParameter("colour", "blue", publishValueAsDefault: publish)))["inputs"]!["value"]!.ToJsonString().ShouldBe(expected);

    [Fact]
    public async Task A_generated_default_has_its_rules()
    {
        var parameter = _builder.AddParameter("key", new GenerateParameterDefault { MinLength = 30, Special = false, MinUpper = 2 }, secret: true);

        (await Manifests.WriteAsync(parameter))["inputs"]!["value"]!.ToJsonString()
            .ShouldBe("""{"type":"string","secret":true,"default":{"generate":{"minLength":30,"special":false,"minUpper":2}}}""");
    }

    [Fact]
    public async Task A_connection_string_from_configuration_is_a_secret_parameter()
        => (await Manifests.WriteAsync(_builder.AddConnectionString("db"))).ToJsonString()
            .ShouldBe("""{"type":"parameter.v0","connectionString":"{db.value}","value":"{db.inputs.value}","inputs":{"value":{"type":"string","secret":true}}}""");

    [Fact]
    public async Task A_connection_string_that_is_put_together_is_a_value()
    {
        var key = _builder.AddParameter("key").Resource;

        (await Manifests.WriteAsync(_builder.AddConnectionString("db", ReferenceExpression.Create($"Server=x;Key={key}")))).ToJsonString()
            .ShouldBe("""{"type":"value.v0","connectionString":"Server=x;Key={key.value}"}""");
    }

    [Fact]
    public async Task A_reference_to_a_connection_string_is_a_placeholder()
    {
        var tool = _builder.AddContainer("tool", "image").WithReference(_builder.AddConnectionString("db"));

        ((string?)(await Manifests.WriteAsync(tool))["env"]!["ConnectionStrings__db"]).ShouldBe("{db.connectionString}");
    }

    [Fact]
    public async Task A_resource_of_the_users_own_with_a_connection_string_is_a_value()
        => (await Manifests.WriteAsync(_builder.AddResource(new Bucket("bucket")))).ToJsonString().ShouldBe("""{"type":"value.v0","connectionString":"s3://bucket"}""");

    private sealed class Bucket(string name) : Resource(name), IResourceWithConnectionString
    {
        public ReferenceExpression ConnectionStringExpression { get; } = ReferenceExpression.Create($"s3://bucket");
    }
}
