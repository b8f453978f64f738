using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Actor;

/// <summary>A site as ASP.NET Core serves it, connections kept and requests in flight ended on TERM: answers with its name and process id; a POST's body is written to its output.</summary>
internal static class KestrelSite
{
    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        var name = $"{Environment.GetEnvironmentVariable("STACK_INSTANCE")} {Environment.ProcessId}";
        app.MapGet("/health", () => "ready");
        app.MapPost("/", async (HttpContext request) =>
        {
            using var reader = new StreamReader(request.Request.Body);
            Console.WriteLine($"POST {await reader.ReadToEndAsync(request.RequestAborted)}");
            return name;
        });
        app.MapGet("/", () => name);
        await app.RunAsync();
    }
}
