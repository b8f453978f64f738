var builder = DistributedApplication.CreateBuilder(args);

// For PostgreSQL set ConnectionStrings:board ("Host=…;Database=…;Username=…;Password=…"); otherwise it is a SQLite file that outlives every release.
var file = $"Data Source={builder.StatePath("board/board.db")}";
builder.Configuration["ConnectionStrings:board"] ??= file;
var board = builder.AddConnectionString("board")
    .WithDescription($"The board's database: {file} (SQLite), or Host=…;Database=…;Username=…;Password=… (PostgreSQL).");

// Once, before the first replica: N replicas must not change the same database at the same time.
var migrations = builder.AddProject<Projects.WebSite>("migrations", launchProfileName: null)
    .WithArgs("--migrate")
    .WithRestartPolicy(RestartMode.Never)
    .WithReference(board);

var site = builder.AddProject<Projects.WebSite>("site")
    .WithReplicas(Environment.ProcessorCount * 2)
    .WithSequentialPorts(firstPort: 8001)
    .WithRestartPolicy(RestartMode.Always)   // plain Aspire style: no restart in development
    .WithHttpHealthCheck("/health")
    .WithReference(board)
    .WaitForCompletion(migrations);

builder.AddNginx("nginx", port: 8080)
    .WithUpstream(site);

builder.Build().Run();
