using System.Diagnostics;
using Testing;

namespace Hosting.Testing.Tests.AnySite;

/// <summary>Sites that know nothing of Stack: the SDK's own templates, and one that builds its host in each of the other ways. They are made outside the repository and built once.</summary>
internal sealed class SiteSources : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly string[] Templates = ["mvc", "razor", "webapi"];

    private readonly TempFolder _temp = new();

    public string Folder => _temp.Path;

    public string Mvc => Path.Combine(Folder, "mvc", "Shop.mvc.csproj");

    public string Razor => Path.Combine(Folder, "razor", "Shop.razor.csproj");

    /// <summary>The folder that the template webapi was published to.</summary>
    public string PublishedApi => Path.Combine(Folder, "published");

    /// <summary>Build output of <see cref="Kinds"/>.</summary>
    public string KindsFolder => Path.Combine(Folder, "kinds", "bin", "Debug", "net10.0");

    public void Dispose() => _temp.Dispose();

    public async Task MakeAsync()
    {
        // Nothing of the folders above applies, wherever the system keeps temporary files.
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Build.targets", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        foreach (var template in Templates)
        {
            await RunAsync("new", template, "--output", template, "--name", $"Shop.{template}", "--no-restore");
        }

        Write("mvc/Controllers/EchoController.cs", Echo);
        Write("razor/Pages/Form.cshtml", Form);
        Write("kinds/Kinds.csproj", KindsProject);
        Write("kinds/Program.cs", Kinds);
        Write("all.slnx", $"""
            <Solution>{string.Concat(Templates.Select(t => $"<Project Path=\"{t}/Shop.{t}.csproj\" />"))}<Project Path="kinds/Kinds.csproj" /></Solution>
            """);
        await RunAsync("build", "all.slnx", "--nologo", "-v:q", "-nodeReuse:false", "-p:UseSharedCompilation=false");
        await RunAsync("publish", "webapi", "--nologo", "-v:q", "-nodeReuse:false", "--no-build", "-c", "Debug", "-o", PublishedApi);
    }

    private Task RunAsync(params string[] arguments) => RunAsync(Folder, arguments);

    private void Write(string path, string text)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>Runs <c>dotnet</c> in a folder, and expects it to succeed.</summary>
    public static async Task RunAsync(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var own in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(own);
        }

        using var process = Process.Start(start)!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().Within(Limit, () => $"dotnet {string.Join(' ', arguments)}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.ExitCode.ShouldBe(0, $"dotnet {string.Join(' ', arguments)}: {string.Concat(await said)}");
    }

    private const string Echo = """
        using Microsoft.AspNetCore.Mvc;

        public class EchoController : Controller
        {
            public string Index() => $"{Request.Scheme} {HttpContext.Connection.RemoteIpAddress} {Request.Host}";
        }
        """;

    private const string Form = """
        @page
        @functions {
            public string Said = "nothing";
            public void OnPost(string text) => Said = text;
        }
        <form method="post"><input name="text" /></form>
        <p id="said">@Said</p>
        """;

    private const string KindsProject = """
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
          <ItemGroup><PackageReference Include="OpenTelemetry" Version="1.9.0" /></ItemGroup>
        </Project>
        """;

    private const string Kinds = """
        using System.Diagnostics;
        using OpenTelemetry;
        using OpenTelemetry.Trace;

        switch (args[0])
        {
            case "slim":
                Run(WebApplication.CreateSlimBuilder(args));
                break;
            case "empty":
                var empty = WebApplication.CreateEmptyBuilder(new() { Args = args });
                empty.WebHost.UseKestrelCore().UseUrls(Environment.GetEnvironmentVariable("ASPNETCORE_URLS")!);
                empty.Services.AddRoutingCore();
                Run(empty);
                break;
            case "cleared":
                var cleared = WebApplication.CreateBuilder(args);
                cleared.Logging.ClearProviders();
                Run(cleared);
                break;
            case "own":
                var own = WebApplication.CreateBuilder(args);
                own.Services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder().AddSource("Microsoft.AspNetCore").AddProcessor(new Counter()).Build()!);
                Run(own);
                break;
            case "forgetful":
                var forgetful = WebApplication.CreateBuilder(args);
                forgetful.Services.AddDistributedMemoryCache().AddSession().AddRateLimiter(_ => { }).AddSignalR();
                forgetful.Services.AddHostedService<Sweeper>();
                Run(forgetful, app => app.MapHub<Chat>("/chat"));
                break;
            case "classic":
                Host.CreateDefaultBuilder(args).ConfigureWebHostDefaults(web => web.Configure(app => app.Run(context => context.Response.WriteAsync("classic")))).Build().Run();
                break;
            case "worker":
                using (var worker = Host.CreateApplicationBuilder(args).Build())
                {
                    worker.Start();
                    Console.WriteLine($"loaded: {string.Join(", ", AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetName().Name).Where(n => n!.StartsWith("Stack")))}.");
                }

                break;
        }

        static void Run(WebApplicationBuilder builder, Action<WebApplication>? map = null)
        {
            var app = builder.Build();
            map?.Invoke(app);
            app.UseRouting();
            app.MapGet("/", () => "here");
            app.MapGet("/child", () =>
            {
                using var child = Process.Start(new ProcessStartInfo("/usr/bin/env") { RedirectStandardOutput = true })!;
                return child.StandardOutput.ReadToEnd();
            });
            app.MapGet("/telemetry", (IServiceProvider services) =>
                $"{services.GetService<TracerProvider>() is not null} {typeof(Sdk).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyFileVersionAttribute), false).Cast<System.Reflection.AssemblyFileVersionAttribute>().Single().Version} {Counter.Seen}");
            app.Services.GetService<TracerProvider>();
            app.Run();
        }

        class Chat : Microsoft.AspNetCore.SignalR.Hub;

        class Sweeper : BackgroundService
        {
            protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
        }

        class Counter : BaseProcessor<Activity>
        {
            public static int Seen;

            public override void OnEnd(Activity data) => Interlocked.Increment(ref Seen);
        }
        """;
}
