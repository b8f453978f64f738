// The AppHost that the gateway benchmark runs: a published site in replicas, and Nginx in front of it with all its defaults.
using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true });
var configuration = builder.Configuration;

var site = builder.AddProject("site", configuration["Site:Folder"]!)
    .WithReplicas(configuration.GetValue<int>("Site:Replicas"))
    .WithSequentialPorts(configuration.GetValue<int>("Site:FirstPort"))
    .WithHttpHealthCheck("/health");

var nginx = builder.AddNginx("nginx", port: configuration.GetValue<int>("Nginx:Port"))
    .WithUpstream(site)
    .WithRuntime(NginxRuntime.Process);
if (configuration.GetValue<bool>("Nginx:StaticFiles"))
{
    nginx.WithStaticFiles(site);
}

builder.Build().Run();
