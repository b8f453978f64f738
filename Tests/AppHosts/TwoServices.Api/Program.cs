var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHealthChecks();

var app = builder.Build();
app.MapHealthChecks("/health");
app.MapGet("/greeting", (string name) => $"{app.Configuration["GREETING"]}, {name}, in {app.Environment.EnvironmentName}!");
app.Run();
