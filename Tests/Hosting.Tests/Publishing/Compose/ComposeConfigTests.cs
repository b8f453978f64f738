using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Publishing.Compose;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Supervision.Commands;
using Testing;
using YamlDotNet.Serialization;

namespace Hosting.Tests.Publishing.Compose;

/// <summary>docker-compose itself reads what was written: it accepts the file, and values are what the plan says.</summary>
[Trait("kind", "process")]
public sealed class ComposeConfigTests : IDisposable
{
    private const string Text = """a "b" \c $d ${e} # f: {g} é 'h' %i; =j""";

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task It_reads_every_value_as_it_was_meant()
    {
        var builder = ComposeOutput.Builder();
        var secret = builder.AddParameter("key", new Given("a $b # \"c\" d"), secret: true);
        var site = builder.AddSite().WithReplicas(2).WithSequentialPorts(8001).WithEnvironment("TEXT", Text).WithEnvironment("EMPTY", "").WithEnvironment("KEY", ReferenceExpression.Create($"<{secret}>"));
        site.WithSupervision(s => s.Limits["nofile"] = new ProcessLimit(1024, 65536));
        builder.AddContainer("cache", "redis", "7").WithVolume("data", "/data").WithArgs(Text);
        ComposeOutput.AddGateway(builder, site);
        new OutputFolder(_temp.File("out"), "compose", force: false).Write((await ComposeOutput.WriteAsync(builder, new ComposePublisher())).Written);

        await File.AppendAllTextAsync(_temp.File("out/.env"), "SITE_MEMORY=512m\nSITE_CPUS=1.5\n", TestContext.Current.CancellationToken);

        var services = Services(await ComposeAsync());

        foreach (var replica in new[] { "site-8001", "site-8002" })
        {
            var environment = ComposeOutput.Map(ComposeOutput.Map(services[replica])["environment"]);
            environment["TEXT"].ShouldBe(Text);
            environment["EMPTY"].ShouldBe("");
            environment["KEY"].ShouldBe("<a $b # \"c\" d>");
            ComposeOutput.Map(services[replica])["mem_limit"].ShouldBe("512m");
            ComposeOutput.Map(services[replica])["cpus"].ShouldBe("1.5");
            ComposeOutput.Map(ComposeOutput.Map(ComposeOutput.Map(services[replica])["ulimits"])["nofile"])["hard"].ShouldBe("65536");
        }

        ((List<object>)ComposeOutput.Map(services["cache"])["command"]).ShouldBe([Text]);
    }

    [Fact]
    public async Task It_refuses_to_go_on_without_a_value_that_is_needed()
    {
        var builder = ComposeOutput.Builder();
        builder.AddSite().WithEnvironment("KEY", builder.AddParameter("shop-key", secret: true));
        new OutputFolder(_temp.File("out"), "compose", force: false).Write((await ComposeOutput.WriteAsync(builder, new ComposePublisher())).Written);

        var result = await RunAsync();

        result.Succeeded.ShouldBeFalse();
        result.Said.ShouldContain("SHOP_KEY");
        result.Said.ShouldContain("is missing in .env");
    }

    private static Dictionary<object, object> Services(string config)
        => ComposeOutput.Map(new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(config.Replace("$$", "$", StringComparison.Ordinal))["services"]);

    private async Task<string> ComposeAsync()
    {
        var result = await RunAsync();
        return result.Succeeded ? result.Output : throw new InvalidOperationException(result.Said);
    }

    private Task<CommandResult> RunAsync() => new CommandRunner(TimeProvider.System).RunAsync(
        "docker-compose", ["--project-directory", _temp.File("out"), "--file", _temp.File("out/docker-compose.yaml"), "config"], TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private sealed class Given(string value) : ParameterDefault
    {
        public override string GetDefaultValue() => value;

        public override void WriteToManifest(Aspire.Hosting.Publishing.ManifestPublishingContext context) => throw new NotSupportedException();
    }
}
