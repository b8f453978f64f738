using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;
using YamlDotNet.Serialization;

namespace Hosting.Tests.Publishing.Compose;

/// <summary>Publishes small models, and reads what was written.</summary>
internal sealed record ComposeOutput(PublishPlan Plan, PublishOutput Written)
{
    private Dictionary<object, object> Document => new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(Written.Files.Single(f => f.Path == "docker-compose.yaml").Text);

    public Dictionary<object, object> Services => Map(Document["services"]);

    public IEnumerable<string> Volumes => Map(Document["volumes"]).Keys.Cast<string>();

    public string this[string path] => Written.Files.Single(f => f.Path == path).Text;

    public static IDistributedApplicationBuilder Builder(params string[] args)
        => DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = ["--publisher", "compose", .. args], ProjectDirectory = Path.GetTempPath() });

    /// <summary>A gateway that writes where the replicas are, and nothing else.</summary>
    public static IResourceBuilder<ContainerResource> AddGateway(IDistributedApplicationBuilder builder, params IResourceBuilder<ProjectResource>[] sites)
    {
        var gateway = builder.AddContainer("front", "nginx", "1.28").WithHttpEndpoint(port: 8080, name: "http")
            .WithAnnotation(new HostNetworkAnnotation())
            .WithAnnotation(new GatewayFilesAnnotation(context => new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["nginx.conf"] = string.Join('\n', context.Servers.SelectMany(s => s.Value.Select(e => $"{s.Key}={e.Host}:{e.Port} {context.FlagFolder}"))),
            }));
        sites.ToList().ForEach(s => s.WithAnnotation(new GatewayAnnotation(gateway.Resource)));
        return gateway;
    }

    /// <param name="builder">The model; its projects are taken for sites with ServiceDefaults unless told otherwise.</param>
    /// <param name="publisher">Writes it.</param>
    /// <param name="hasDefaults">Whether projects use ServiceDefaults.</param>
    public static async Task<ComposeOutput> WriteAsync(IDistributedApplicationBuilder builder, IPublisher publisher, bool hasDefaults = true)
    {
        await using var app = builder.Build();
        var model = app.Services.GetRequiredService<DistributedApplicationModel>();
        await builder.Eventing.PublishAsync(new BeforeStartEvent(app.Services, model), TestContext.Current.CancellationToken);
        var plan = await new PublishPlanMaker(builder.ExecutionContext, builder.Configuration, publisher.Network).MakeAsync(model, TestContext.Current.CancellationToken);
        plan = plan with
        {
            Programs = [.. plan.Programs.Select(p => p.Assembly is null || !hasDefaults ? p : p with { HasServiceDefaults = true, HealthPath = "/health", AlivePath = "/alive" })],
            Dashboard = plan.Dashboard is { } dashboard ? dashboard with { ProjectPath = Path.Combine(Path.GetTempPath(), "Dashboard", "Dashboard.csproj") } : null,
        };
        return new ComposeOutput(plan, publisher.Write(plan));
    }

    public Dictionary<object, object> Service(string name) => Map(Services[name]);

    public string Variable(string service, string name) => (string)Map(Service(service)["environment"])[name];

    public string[] List(string service, string field) => Service(service).TryGetValue(field, out var list) ? [.. ((List<object>)list).Cast<string>()] : [];

    /// <summary>What a service waits for, as <c>site-8001 service_healthy</c>.</summary>
    public string[] Waits(string service)
        => Service(service).TryGetValue("depends_on", out var waits) ? [.. Map(waits).Select(w => $"{w.Key} {Map(w.Value)["condition"]}")] : [];

    public static Dictionary<object, object> Map(object value) => (Dictionary<object, object>)value;
}
