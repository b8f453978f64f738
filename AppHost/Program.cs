var builder = DistributedApplication.CreateBuilder(args);

var site = builder.AddProject<Projects.WebSite>("site")
    .WithReplicas(Environment.ProcessorCount * 2)
    .WithSequentialPorts(firstPort: 8001)
    .WithRestartPolicy(RestartMode.Always)   // plain Aspire style: no restart in development
    .WithHttpHealthCheck("/health");

builder.AddNginx("nginx", port: 8080)
    .WithUpstream(site);

builder.Build().Run();
