using System.Diagnostics;
using System.Net.Http.Headers;
using Testing;

namespace Hosting.Testing.Tests.AnySite;

/// <summary>An AppHost that was published, and taken to another folder than the one that it was built in.</summary>
[Trait("kind", "slow")]
public sealed class PublishedAppHostTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // Folder of the repository: the product's AppHost is one level below it.
    private static string Repository => Path.GetDirectoryName(Projects.AppHost.ProjectPath)!;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task It_brings_what_it_adds_to_sites_along()
    {
        await PublishAsync("Shop", ShopProject, Shop, _temp.File("site"));
        await PublishAsync("Small", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <Import Project="{Repository}/Hosting/build/Stack.Hosting.props" />
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><IsPublishable>true</IsPublishable></PropertyGroup>
              <ItemGroup><ProjectReference Include="{Repository}/Hosting/Hosting.csproj" IsAspireProjectResource="false" /></ItemGroup>
              <Import Project="{Repository}/Hosting/build/Stack.Hosting.targets" />
            </Project>
            """, Small, _temp.File("built"), "-p:BuildProjectReferences=false");
        Directory.Delete(_temp.File("Small"), recursive: true);
        Directory.Move(_temp.File("built"), _temp.File("moved"));
        var port = FreePort.Next();

        using var appHost = Process.Start(new ProcessStartInfo("dotnet", [_temp.File("moved/Small.dll"), _temp.File("site"), $"{port}", "--environment=Development", $"--Stack:State={_temp.File("state")}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var said = Task.WhenAll(appHost.StandardOutput.ReadToEndAsync(Cancelled), appHost.StandardError.ReadToEndAsync(Cancelled));
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), DefaultRequestHeaders = { Accept = { new MediaTypeWithQualityHeaderValue("application/json") } } };

            await Wait.UntilAsync(async () => (await AskAsync(client)).StartsWith("""{"instance":"shop""", StringComparison.Ordinal), () => appHost.HasExited ? string.Concat(said.Result) : "it runs", Limit);
        }
        finally
        {
            using var stop = Process.Start("kill", $"{appHost.Id}");
            await appHost.WaitForExitAsync(Cancelled).Within(Limit);
        }

        string.Concat(await said).ShouldNotContain("ServiceDefaults");
    }

    private static async Task<string> AskAsync(HttpClient client)
    {
        try
        {
            return await client.GetStringAsync("/alive", Cancelled);
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    private async Task PublishAsync(string name, string project, string program, string to, params string[] more)
    {
        Directory.CreateDirectory(_temp.File(name));
        foreach (var (file, text) in new[] { ($"{name}.csproj", project), ("Program.cs", program), ("Directory.Build.props", "<Project />"), ("Directory.Build.targets", "<Project />"), ("Directory.Packages.props", "<Project />") })
        {
            await File.WriteAllTextAsync(_temp.File($"{name}/{file}"), text, Cancelled);
        }

        await SiteSources.RunAsync(_temp.File(name), ["publish", "--nologo", "-v:q", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-c", Configuration, "-o", to, .. more]);
    }

    // What it refers to has been built with this test.
    private static string Configuration => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private const string ShopProject = """
        <Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup></Project>
        """;

    private const string Shop = """
        var app = WebApplication.CreateBuilder(args).Build();
        app.MapGet("/", () => "open");
        app.Run();
        """;

    private const string Small = """
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true });
        builder.AddProject("shop", args[0]).WithHttpEndpoint(port: int.Parse(args[1]));
        builder.Build().Run();
        """;
}
