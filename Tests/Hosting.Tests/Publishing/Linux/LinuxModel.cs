using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;
using Testing;

namespace Hosting.Tests.Publishing.Linux;

/// <summary>Models for the Linux publishers, with projects that need not be there.</summary>
internal sealed class LinuxModel : IDisposable
{
    private readonly TempFolder _temp = new();

    public LinuxModel(params string[] args)
    {
        Directory.CreateDirectory(_temp.File("AppHost"));
        Builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = ["--publisher", "systemd", $"--Publishing:Dashboard:Project={_temp.File("Dashboard/Dashboard.csproj")}", $"--Publishing:Cli:Project={_temp.File("Cli/Cli.csproj")}", "--Publishing:AppHost:Program=AppHost", .. args],
            ProjectDirectory = _temp.File("AppHost"),
        });
    }

    public IDistributedApplicationBuilder Builder { get; }

    /// <summary>The same as the product's AppHost.</summary>
    public static LinuxModel Product(int replicas = 4, params string[] args)
    {
        LinuxModel model = new(args);
        var builder = model.Builder;
        builder.Configuration["ConnectionStrings:board"] = "set on this machine only";
        var board = builder.AddConnectionString("board").WithDescription($"The board's database: Data Source={builder.StatePath("board/board.db")} (SQLite).");
        var migrations = model.Project("migrations", "WebSite").WithArgs("--migrate").WithReference(board);
        var site = model.Project("site", "WebSite").WithReplicas(replicas).WithSequentialPorts(firstPort: 8001).WithHttpHealthCheck("/health").WithReference(board).WaitForCompletion(migrations);
        model.Gateway(site);
        return model;
    }

    public IResourceBuilder<ProjectResource> Project(string name, string project, bool hasDefaults = true)
    {
        var output = _temp.File($"{project}/bin/{project}.dll");
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        File.WriteAllText(_temp.File($"{project}/{project}.csproj"), "<Project />");
        File.WriteAllText(Path.ChangeExtension(output, ".runtimeconfig.json"), """{"runtimeOptions":{"frameworks":[{"name":"Microsoft.AspNetCore.App","version":"10.0.0"}]}}""");
        File.WriteAllText(Path.ChangeExtension(output, ".deps.json"), hasDefaults ? """{"libraries":{"Stack.ServiceDefaults/1.0.0":{}}}""" : """{"libraries":{}}""");
        var resource = Builder.AddProject(name, _temp.File($"{project}/{project}.csproj"));
        resource.WithAnnotation(new Output(_temp.File($"{project}/{project}.csproj"), output));
        return name == "migrations" ? resource : resource.WithHttpEndpoint(name: "http");
    }

    public void Gateway(IResourceBuilder<ProjectResource> site)
    {
        var nginx = Builder.AddContainer("nginx", "nginx").WithHttpEndpoint(port: 8080, targetPort: 8080, name: "http").WithAnnotation(new GatewayFilesAnnotation(context => new Dictionary<string, string>
        {
            ["conf.d/stack.conf"] = $"# {context.Port} {string.Join(' ', context.Servers["site"].Select(s => $"{s.Host}:{s.Port}"))} {context.FlagFolder} container={context.IsContainer}\n",
        }));
        site.WithAnnotation(new GatewayAnnotation(nginx.Resource));
    }

    public async Task<PublishOutput> WriteAsync(IPublisher publisher)
    {
        await using var app = Builder.Build();
        var model = app.Services.GetRequiredService<DistributedApplicationModel>();
        await Builder.Eventing.PublishAsync(new BeforeStartEvent(app.Services, model), TestContext.Current.CancellationToken);
        var plan = await new PublishPlanMaker(Builder.ExecutionContext, Builder.Configuration, publisher.Network).MakeAsync(model, TestContext.Current.CancellationToken);
        return publisher.Write(plan);
    }

    /// <summary>All files but the scripts that are the same in every output, in one text.</summary>
    public static string Golden(PublishOutput output)
        => string.Concat(output.Files.Where(f => f.Path == "plan.sh" || (!f.IsExecutable && !f.Path.EndsWith(".sh", StringComparison.Ordinal))).Select(f => $"==== {f.Path}\n{f.Text}\n"))
            + $"==== {output.Seed?.Path}\n{string.Join('\n', output.Seed?.Keys.Select(k => $"{string.Join(' ', k.Comment)} {k.Name}") ?? [])}\n==== warnings\n{string.Join('\n', output.Warnings)}\n";

    public static async Task ShouldBeGoldenAsync(PublishOutput output, string golden)
    {
        var text = Golden(output);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(golden, text, TestContext.Current.CancellationToken);
        }

        text.ShouldBe(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken), $"{golden} (UPDATE_GOLDEN=1 rewrites it)");
    }

    public void Dispose() => _temp.Dispose();

    private sealed class Output(string project, string target) : IProjectMetadata, IProjectOutput
    {
        public string ProjectPath => project;

        public string TargetPath => target;

        public LaunchSettings? LaunchSettings => null;
    }
}
