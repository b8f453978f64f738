using System.Formats.Tar;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Cli.Tests;

public sealed class TelemetryCommandTests
{
    [Fact]
    public async Task Backup_writes_what_the_dashboard_sends_for_the_owner_only()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        await using var dashboard = await StartDashboardAsync(appHost, "meta.db", "seg-20261128T120000-0001.db");
        var target = Path.Combine(appHost.Folder, "backup");

        var run = await appHost.RunAsync("telemetry", "backup", target);

        run.ShouldBe(new CliRun(0, $"2 files, 0.0 MB, in '{target}'.\n", ""));
        (await File.ReadAllTextAsync(Path.Combine(target, "meta.db"))).ShouldBe("meta.db");
        File.GetUnixFileMode(target).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(Path.Combine(target, "meta.db")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/b")]
    [InlineData(".ssh")]
    public async Task Backup_writes_nowhere_but_into_its_folder(string name)
    {
        await using var appHost = await FakeAppHost.StartAsync();
        await using var dashboard = await StartDashboardAsync(appHost, name);
        var target = Path.Combine(appHost.Folder, "backup");

        var run = await appHost.RunAsync("telemetry", "backup", target);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldBe($"The back-up was cut short, and what is in '{target}' is not complete: The dashboard sent a file of the name '{name}'.\n");
        Directory.GetFileSystemEntries(target).ShouldBeEmpty();
    }

    [Fact]
    public async Task Backup_needs_an_empty_folder_and_says_why_the_dashboard_refuses()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        await using var dashboard = await StartDashboardAsync(appHost);

        (await appHost.RunAsync("telemetry", "backup", appHost.Folder)).ShouldBe(new CliRun(1, "", $"The folder '{appHost.Folder}' is not empty. Name a new one.\n"));
        var run = await appHost.RunAsync("telemetry", "backup", Path.Combine(appHost.Folder, "backup"));

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldEndWith("answered 401: no\n");
    }

    /// <summary>Answers with a tar of these files; without any it refuses.</summary>
    private static async Task<WebApplication> StartDashboardAsync(FakeAppHost appHost, params string[] files)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.Run(async context =>
        {
            if (files.Length == 0 || context.Request.Path != "/api/telemetry/backup" || context.Request.Headers["X-API-Key"] != "the-key")
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                await context.Response.WriteAsync("no");
                return;
            }

            await using var tar = new TarWriter(context.Response.Body, TarEntryFormat.Pax, leaveOpen: true);
            foreach (var name in files)
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(name)),
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                });
            }
        });
        await app.StartAsync();
        appHost.Answers["GET /v1/dashboard"] = FakeAppHost.Json(200, $$"""{"url":"{{app.Urls.Single()}}","loginUrl":"x","apiKey":"the-key"}""");
        return app;
    }
}
