// The AppHost that the gateway benchmark runs: a published site in replicas, and Nginx in front of it with all its defaults.
using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true });
var configuration = builder.Configuration;

var site = builder.AddProject("site", configuration["Site:Folder"]!)
    .WithReplicas(configuration.GetValue<int>("Site:Replicas"))
    .WithSequentialPorts(configuration.GetValue<int>("Site:FirstPort"))
    .WithHttpHealthCheck("/health")
    .WithEnvironment("OTEL_SDK_DISABLED", "true") // the site's telemetry and console are the same behind every proxy; what they cost: the benchmark of telemetry
    .WithEnvironment("Logging__LogLevel__Default", "Warning");

var nginx = builder.AddNginx("nginx", port: configuration.GetValue<int>("Nginx:Port"))
    .WithUpstream(site)
    .WithRuntime(NginxRuntime.Process);
if (configuration.GetValue<bool>("Nginx:StaticFiles"))
{
    nginx.WithStaticFiles(site);
}

builder.Build().Run();
