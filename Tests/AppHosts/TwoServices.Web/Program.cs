var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHealthChecks();

// services__api__http__0, which the AppHost's reference sets.
var address = builder.Configuration["services:api:http:0"] ?? throw new InvalidOperationException("There is no address of 'api'. Start this service by its AppHost.");
builder.Services.AddHttpClient("api", client => client.BaseAddress = new Uri(address));

var app = builder.Build();
app.MapHealthChecks("/health");
app.MapGet("/", async (IHttpClientFactory clients, CancellationToken cancelled) =>
{
    using var api = clients.CreateClient("api");
    return await api.GetStringAsync(new Uri("/greeting?name=web", UriKind.Relative), cancelled);
});
app.Run();
