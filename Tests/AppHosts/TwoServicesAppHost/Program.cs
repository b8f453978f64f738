var builder = DistributedApplication.CreateBuilder(args);

var seed = builder.AddExecutable("seed", "/bin/sh", ".", "-c", "echo seeded");

var api = builder.AddProject<Projects.TwoServices_Api>("api")
    .WithEnvironment("GREETING", "Hello")
    .WithHttpHealthCheck("/health")
    .WaitForCompletion(seed);

builder.AddProject<Projects.TwoServices_Web>("web")
    .WithExternalHttpEndpoints()
    .WithReference(api)
    .WithHttpHealthCheck("/health")
    .WaitFor(api);

builder.Build().Run();
