// The AppHost that the supervision benchmark runs: its programs come from the command line, --Programs:0:Name=…
using Microsoft.Extensions.Configuration;
using Supervision.AppHost;

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true });
foreach (var program in builder.Configuration.GetSection("Programs").Get<ProgramOptions[]>() ?? [])
{
    if (Directory.Exists(program.Path))
    {
        Supervise(program, builder.AddProject(program.Name, program.Path));
    }
    else
    {
        Supervise(program, builder.AddExecutable(program.Name, program.Path, Path.GetDirectoryName(program.Path)!, program.Arguments));
    }
}

builder.Build().Run();

static void Supervise<T>(ProgramOptions program, IResourceBuilder<T> resource)
    where T : IResourceWithEndpoints
    => resource
        .WithAnnotation(new ReplicaAnnotation(program.Replicas))
        .WithAnnotation(new SequentialPortsAnnotation(program.FirstPort))
        .WithHttpEndpoint()
        .WithHttpHealthCheck(program.HealthPath)
        .WithRestartPolicy(RestartMode.Always)
        .WithSupervision(s => s.StopWaitSecs = program.StopWaitSecs);
