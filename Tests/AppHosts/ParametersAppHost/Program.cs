var builder = DistributedApplication.CreateBuilder(args);

// Values from outside: configuration, a default, code.
var greeting = builder.AddParameter("greeting");
var apiKey = builder.AddParameter("api-key", secret: true)
    .WithDescription("From the account page of the weather service.");
var region = builder.AddParameter("region", "eu-west", publishValueAsDefault: true);
var password = builder.AddParameter("db-password", new GenerateParameterDefault { MinLength = 24, Special = false }, secret: true, persist: true);
var currency = builder.AddParameterFromConfiguration("currency", "Shop:Currency");
var output = builder.AddParameter("output");

// Connection strings: from configuration, and put together from other values.
var orders = builder.AddConnectionString("orders");
var archive = builder.AddConnectionString("archive");
var cache = builder.AddConnectionString("cache", ReferenceExpression.Create($"localhost:6379,password={password}"));

// Services that run elsewhere.
var weather = builder.AddExternalService("weather", "https://weather.example.org/");
var maps = builder.AddExternalService("maps", builder.AddParameter("maps-url"));

var api = builder.AddProject<Projects.Actor>("api")
    .WithArgs("env", output)
    .WithHttpEndpoint(port: 5310)
    .WithEnvironment("GREETING", greeting)
    .WithEnvironment("WEATHER_KEY", apiKey)
    .WithEnvironment("WEATHER_URL", $"{weather.Resource.Uri!.ToString()}v1?key={apiKey:uri}&region={region}")
    .WithReference(orders)
    .WithReference(archive, optional: true)
    .WithReference(cache, connectionName: "redis")
    .WithReference(weather)
    .WithReference(maps);

builder.AddExecutable("worker", "/bin/sh", ".", "-c", "env > \"$1/worker.tmp\" && mv \"$1/worker.tmp\" \"$1/worker.env\"; exec sleep 600", "worker", output)
    .WithReference(api)
    .WithEnvironment("API", api.GetEndpoint("http"))
    .WithEnvironment("CURRENCY", currency)
    .WithEnvironment("DATABASE", orders)
    .WithEnvironment("CACHE", cache)
    .WithEnvironment("MAPS", maps)
    .WithEnvironment(context => context.EnvironmentVariables["MODE"] = context.ExecutionContext.IsRunMode ? "run" : "publish")
    .WithOtlpExporter();

builder.Build().Run();
