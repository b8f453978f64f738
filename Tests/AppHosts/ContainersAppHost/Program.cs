var builder = DistributedApplication.CreateBuilder(args);

var greeting = builder.AddParameter("greeting", "Good day");

var cache = builder.AddContainer("cache", "stack-test/tools", "1")
    .WithImagePullPolicy(ImagePullPolicy.Missing)
    .WithEntrypoint("/bin/nginx")
    .WithArgs("-c", "/etc/cache/nginx.conf", "-e", "stderr", "-g", "daemon off; user root; pid /tmp/pid;")
    .WithContainerFiles("/etc/cache", [new ContainerFile
    {
        Name = "nginx.conf",
        Contents = "events {} http { access_log off; server { listen 81; location / { root /content; } } }",
    }])
    .WithBindMount("content", "/content", isReadOnly: true)
    .WithHttpEndpoint(targetPort: 81);

var reader = builder.AddContainer("reader", "stack-test/tools", "1")
    .WithEntrypoint("/bin/sh")
    .WithVolume("reader-data", "/data")
    .WithEnvironment("CACHE", cache.GetEndpoint("http"))
    .WithEnvironment("GREETING", greeting)
    .WithArgs("-c", "curl -sS --retry 20 --retry-all-errors --retry-delay 1 $CACHE/note >/data/note && echo \"$GREETING: $(cat /data/note)\"")
    .WaitForStart(cache);

var seed = builder.AddExecutable("seed", "/bin/sh", ".", "-c", "echo seeded")
    .WaitForCompletion(reader);

var api = builder.AddProject<Projects.TwoServices_Api>("api")
    .WithEnvironment("GREETING", greeting)
    .WithHttpHealthCheck("/health")
    .WaitForCompletion(seed);

builder.AddProject<Projects.TwoServices_Web>("web")
    .WithReference(api)
    .WithHttpHealthCheck("/health")
    .WaitFor(api);

builder.Build().Run();
