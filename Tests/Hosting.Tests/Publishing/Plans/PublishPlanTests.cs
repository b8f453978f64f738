using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Publishing.Plans;

namespace Hosting.Tests.Publishing.Plans;

/// <summary>What publishers get of a model: addresses of the target, development's variables, parameters where secrets are.</summary>
public sealed class PublishPlanTests
{
    private readonly IDistributedApplicationBuilder _builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = ["--publisher", "systemd"], ProjectDirectory = Path.GetTempPath() });

    [Fact]
    public async Task On_one_machine_each_replica_has_its_port_on_loopback_and_what_is_the_same_is_common()
    {
        _builder.AddSite().WithReplicas(2).WithSequentialPorts(8001).WithEnvironment("GREETING", "hello");

        var site = (await MakeAsync(PublishNetwork.OneMachine)).Programs.ShouldHaveSingleItem();

        site.Replicas.Select(r => (r.Name, r.Index, r.Port)).ShouldBe([("site-8001", 0, 8001), ("site-8002", 1, 8002)]);
        Texts(site.Own(site.Replicas[1])).ShouldBe(
        [
            "ASPNETCORE_URLS=http://127.0.0.1:8002", "OTEL_RESOURCE_ATTRIBUTES=service.instance.id=site-8002", "PORT=8002", "STACK_INDEX=1", "STACK_INSTANCE=site-8002",
        ]);
        var common = Texts(site.Common);
        common.ShouldContain("GREETING=hello");
        common.ShouldContain("ASPNETCORE_ENVIRONMENT=Production");
        common.ShouldContain("STACK_KEYS=/var/lib/stack/stack/keys");
        common.ShouldContain("STACK_REPLICAS=2");
        common.ShouldContain("DOTNET_SHUTDOWNTIMEOUTSECONDS=30");
        common.ShouldContain("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:18889");
        common.ShouldContain("OTEL_EXPORTER_OTLP_HEADERS=x-otlp-api-key={otlp-api-key}");
        common.ShouldNotContain(v => v.StartsWith("HTTP_PORTS", StringComparison.Ordinal) || v.StartsWith("STACK_PROXIES", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Variables_are_those_of_development_but_for_its_places_and_what_only_a_desk_needs()
    {
        var run = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { ProjectDirectory = Path.GetTempPath(), DisableDashboard = true });
        foreach (var builder in new[] { run, _builder })
        {
            builder.AddSite().WithSequentialPorts(8001).WithEnvironment("GREETING", "hello").WithEnvironment("LIMIT", () => "3");
        }

        var developed = (await run.Resources.OfType<ProjectResource>().Single().GetEnvironmentNamesAsync(run.ExecutionContext)).Order(StringComparer.Ordinal).ToList();
        var published = (await MakeAsync(PublishNetwork.OneMachine)).Programs[0].Replicas[0].Environment.Keys.ToList();

        string[] desk = ["DOTNET_LAUNCH_PROFILE", "DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION", "LOGGING__CONSOLE__FORMATTERNAME"];
        developed.Where(name => !desk.Contains(name) && !name.StartsWith("OTEL_", StringComparison.Ordinal)).Except(published).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, "http://127.0.0.1:8080", "http://127.0.0.1:9001")]
    [InlineData(1, "http://front:8080", "http://api:9001")]
    [InlineData(2, "http://front:8080", "http://api:8080")]
    public async Task What_others_refer_to_has_the_address_of_the_target(int network, string site, string api)
    {
        var front = _builder.AddContainer("front", "nginx").WithHttpEndpoint(port: 8080, name: "http").WithAnnotation(new HostNetworkAnnotation());
        var shop = _builder.AddSite("shop").WithReplicas(2).WithSequentialPorts(8001).WithAnnotation(new GatewayAnnotation(front.Resource));
        var service = _builder.AddSite("api");
        service.WithEndpoint("http", e => e.Port = 9001);
        _builder.AddSite("user").WithEnvironment("SHOP", shop.GetEndpoint("http")).WithEnvironment("API", service.GetEndpoint("http"));

        var plan = await MakeAsync((PublishNetwork)network);

        var user = plan.Programs.Single(p => p.Name == "user").Replicas[0].Environment;
        user["SHOP"].Text.ShouldBe(site);
        user["API"].Text.ShouldBe(api);
        plan.Gateways.ShouldHaveSingleItem().ShouldBe(new PublishedGateway(front.Resource, 8080, false, plan.Gateways[0].Sites));
        plan.Gateways[0].Sites.ShouldBe(["shop"]);
        plan.Programs.Select(p => p.Name).ShouldNotContain("front");
    }

    [Fact]
    public async Task In_containers_a_site_listens_everywhere_and_believes_private_networks()
    {
        _builder.AddSite().WithReplicas(2).WithSequentialPorts(8001);

        var replica = (await MakeAsync(PublishNetwork.Containers)).Programs[0].Replicas[1];

        replica.Environment["ASPNETCORE_URLS"].Text.ShouldBe("http://+:8002");
        replica.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"].Text.ShouldBe("http://dashboard:18889");
        replica.Environment["STACK_PROXIES"].Text.ShouldBe("10.0.0.0/8;172.16.0.0/12;192.168.0.0/16");
    }

    [Fact]
    public async Task Secrets_stay_parameters_and_texts_around_them_texts()
    {
        var password = _builder.AddParameter("db-password", secret: true);
        var database = _builder.AddConnectionString("board", ReferenceExpression.Create($"Host=db;Password={password}"));
        var outer = _builder.AddConnectionString("other");
        _builder.AddSite().WithReference(database).WithReference(outer);

        var plan = await MakeAsync(PublishNetwork.OneMachine);

        var environment = plan.Programs[0].Replicas[0].Environment;
        Text(environment["ConnectionStrings__board"]).ShouldBe("Host=db;Password={db-password}");
        environment["ConnectionStrings__board"].IsSecret.ShouldBeTrue();
        Text(environment["ConnectionStrings__other"]).ShouldBe("{other}");
        plan.Parameters.Select(p => p.Name).ShouldBe(["dashboard-api-key", "dashboard-token", "db-password", "other", "otlp-api-key"]);
    }

    [Fact]
    public async Task A_step_that_others_wait_for_comes_first_and_is_a_job()
    {
        var site = _builder.AddSite();
        var migrations = _builder.AddProject<Models.Site>("migrations", launchProfileName: null).WithArgs("--migrate");
        site.WaitForCompletion(migrations);

        var plan = await MakeAsync(PublishNetwork.OneMachine);

        plan.Programs.Select(p => (p.Name, p.IsJob)).ShouldBe([("migrations", true), ("site", false)]);
        plan.Programs[1].Waits.ShouldBe([new PublishedWait("migrations", WaitType.WaitForCompletion)]);
        plan.Programs[0].Arguments.Select(a => a.Text).ShouldBe(["--migrate"]);
        plan.Programs[0].Replicas[0].Environment.Keys.ShouldNotContain("PORT");
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        var key = _builder.AddParameter("key", secret: true);
        _builder.AddSite().WithArgs(context => context.Args.Add(key.Resource)).WithEnvironment("LATER", new Later()).WithEnvironment("CODED", ReferenceExpression.Create($"a{key:uri}"));

        var message = (await Should.ThrowAsync<DistributedApplicationException>(() => MakeAsync(PublishNetwork.OneMachine))).Message;

        message.Split(Environment.NewLine).ShouldBe(
        [
            "The environment variable 'LATER' of resource 'site' is known only when the application runs (Later), so it can't be published. Set it in run mode only, or make it a parameter.",
            "The environment variable 'CODED' of resource 'site' has the parameter 'key' percent-encoded in it, which is not possible where the stack is published to. Make a parameter of the encoded value, or of the whole.",
            "Argument 1 of resource 'site' has the secret 'key' in it, and arguments can be read by everybody on the machine. Hand it over by WithEnvironment.",
        ]);
    }

    [Theory]
    [InlineData("--replicas site=3", 3, null)]
    [InlineData("--replicas=site=1", 1, null)]
    [InlineData("--replicas site=0", 0, "'site' can't have '0' replicas. Give a number from 1 on: --replicas site=4.")]
    [InlineData("--replicas shop=3", 0, "There is no resource 'shop' to set the replicas of. Use --replicas with one of: 'site'.")]
    public async Task Replicas_can_be_set_for_the_target(string arguments, int expected, string? fault)
    {
        var builder = Models.Empty(["--publisher", "systemd", .. arguments.Split(' ')]);
        builder.AddSite().WithReplicas(2).WithSequentialPorts(8001);

        if (fault is not null)
        {
            (await Should.ThrowAsync<DistributedApplicationException>(() => MakeAsync(PublishNetwork.OneMachine, builder))).Message.ShouldBe(fault);
            return;
        }

        (await MakeAsync(PublishNetwork.OneMachine, builder)).Programs[0].Replicas.Count.ShouldBe(expected);
    }

    [Theory]
    [InlineData("2.0", null)]
    [InlineData("../2", "'../2' can't be the name of a release: it becomes that of a folder and of an image. Use letters, digits, '.', '-' and '_', and begin with a letter or digit.")]
    public async Task Release_is_a_name_of_a_folder(string release, string? fault)
    {
        var builder = Models.Empty("--publisher", "systemd", "--release", release);
        builder.AddSite();

        if (fault is null)
        {
            (await MakeAsync(PublishNetwork.OneMachine, builder)).Release.ShouldBe(release);
        }
        else
        {
            (await Should.ThrowAsync<DistributedApplicationException>(() => MakeAsync(PublishNetwork.OneMachine, builder))).Message.ShouldBe(fault);
        }
    }

    [Fact]
    public void Places_of_the_state_are_those_of_production()
        => _builder.StatePath("board/board.db").ShouldBe("/var/lib/stack/stack/board/board.db");

    private async Task<PublishPlan> MakeAsync(PublishNetwork network, IDistributedApplicationBuilder? of = null)
    {
        var builder = of ?? _builder;
        await using var app = builder.Build();
        var model = app.Services.GetRequiredService<DistributedApplicationModel>();
        await builder.Eventing.PublishAsync(new BeforeStartEvent(app.Services, model), TestContext.Current.CancellationToken);
        return await new PublishPlanMaker(builder.ExecutionContext, builder.Configuration, network).MakeAsync(model, TestContext.Current.CancellationToken);
    }

    private static string Text(PublishedValue value) => value.Render(text => text, parameter => $"{{{parameter.Name}}}");

    private static List<string> Texts(IReadOnlyDictionary<string, PublishedValue> variables) => [.. variables.Select(v => $"{v.Key}={Text(v.Value)}")];

    private sealed class Later : IValueProvider, IManifestExpressionProvider
    {
        public string ValueExpression => "{later.value}";

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>("x");
    }
}

/// <summary>The variables that a run gives.</summary>
internal static class RunVariables
{
    public static async Task<IEnumerable<string>> GetEnvironmentNamesAsync(this IResource resource, DistributedApplicationExecutionContext execution)
    {
        var gathered = await ((ExecutionConfigurationBuilder)ExecutionConfigurationBuilder.Create(resource).WithEnvironmentVariablesConfig())
            .GatherAsync(execution, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TestContext.Current.CancellationToken);
        return gathered.EnvironmentVariables.Keys;
    }
}
