using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;
using Testing;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>Nginx as a local process.</summary>
public sealed class ProcessGatewayTests() : GatewayTests(NginxRuntime.Process)
{
    [Fact]
    public async Task The_widely_printed_close_in_the_upgrade_map_would_use_no_connection_twice()
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites, folder =>
            File.WriteAllText(
                Path.Combine(folder, "conf.d", "server-close.conf"),
                "location = / { proxy_pass http://stack_site; proxy_http_version 1.1; proxy_set_header Connection close; }"));

        await GetManyAsync(nginx, 200);

        sites.Connections.ShouldBe(200);
    }

    [Fact]
    public async Task It_runs_what_the_choice_says()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);

        var choice = nginx.Launch.Choice.ShouldBeOfType<ProcessChoice>();
        choice.Executable.ShouldBe(Installed.Executable);
        choice.Version.ShouldBe(await Installed.VersionAsync());
        nginx.Launch.FileName.ShouldBe(Installed.Executable);
        File.ResolveLinkTarget(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(nginx.Launch.Version))!, NginxNames.CurrentLink), returnFinalTarget: true)!
            .FullName.ShouldBe(nginx.Launch.Version);
    }

    private protected override Task NothingIsLeftAsync(RunningNginx nginx) =>
        Wait.Until(() => !Directory.EnumerateDirectories("/proc").Any(process => Mentions(process, nginx.Launch.Version)), what: "no process of Nginx is left");

    private static bool Mentions(string process, string version)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains(Path.GetDirectoryName(Path.GetDirectoryName(version))!, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
