using System.Net;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Tests.Serving;

[Trait("kind", "process")]
public sealed class EjectionTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("replicas-4")]
    [InlineData("routes")]
    [InlineData("static")]
    [InlineData("snippets")]
    [InlineData("client-rate")]
    [InlineData("sticky")]
    public async Task The_folder_is_one_that_nginx_accepts_without_any_of_the_places_of_this_machine(string name)
    {
        var folder = RunningNginx.CopyOfSources(_temp);
        var plan = name == "replicas-4" ? Plans.Default() : OptionPlans.All[name];
        Write(folder, Ejection.Write(plan, folder));

        var result = await new CommandRunner(TimeProvider.System).RunAsync(
            Installed.Executable, ["-t", "-c", $"{folder}/nginx.conf", "-e", "stderr", "-g", $"pid {_temp.Path}/nginx.pid;"], TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        result.Succeeded.ShouldBeTrue(result.Said);
        Directory.Exists(Plans.Folder).ShouldBeFalse();
    }

    [Fact]
    public async Task An_nginx_without_Stack_serves_the_replicas_with_it()
    {
        await using var sites = await Sites.StartAsync(2);
        var port = RunningNginx.FreePort();
        var folder = RunningNginx.CopyOfSources(_temp);
        Write(folder, Ejection.Write(Plans.Default().WithUpstream(new("site", [.. sites.Ports.Select(site => new IPEndPoint(IPAddress.Loopback, site))])) with { Port = port }, folder));
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        CommandRunner commands = new(TimeProvider.System);
        string[] arguments = ["-c", $"{folder}/nginx.conf", "-e", $"{_temp.Path}/error.log", "-g", $"pid {_temp.Path}/nginx.pid;"];

        (await commands.RunAsync(Installed.Executable, arguments, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Succeeded.ShouldBeTrue();
        try
        {
            (await client.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldBeOneOf([.. sites.Ports.Select(site => $"{site}")]);
            await sites[0].VanishAsync();
            await sites[1].VanishAsync();
            (await (await client.GetAsync("/", TestContext.Current.CancellationToken)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("The site is not answering");
        }
        finally
        {
            await commands.RunAsync(Installed.Executable, [.. arguments, "-s", "stop"], TimeSpan.FromSeconds(20), CancellationToken.None);
        }
    }

    [Fact]
    public async Task Under_Stack_the_owners_files_are_used_and_those_of_the_replicas_stay_generated()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await RunningNginx.StartAsync(NginxRuntime.Process, sites.Ports, source =>
        {
            Write(source, Ejection.Write(Plans.Default(), source)); // other replicas, another port
            File.AppendAllText(Path.Combine(source, NginxNames.ProxyFile), "proxy_set_header X-Mine yes;\n");
            File.Delete(Path.Combine(source, NginxNames.ServerFile));
        });

        (await nginx.Client.GetStringAsync("/headers", TestContext.Current.CancellationToken)).ShouldContain("\"X-Mine\":\"yes\"");
    }

    [Fact]
    public async Task A_mistake_in_an_owners_file_is_named_there()
    {
        var source = "";
        var error = await Should.ThrowAsync<Aspire.Hosting.DistributedApplicationException>(async () =>
            await (await RunningNginx.StartAsync(NginxRuntime.Process, [1], folder =>
            {
                source = folder;
                Write(folder, Ejection.Write(Plans.Default(), folder));
                File.WriteAllText(Path.Combine(folder, NginxNames.ProxyFile), "proxy_set_haeder a b;\n");
            })).DisposeAsync());

        error.Message.ShouldEndWith($"[emerg] unknown directive \"proxy_set_haeder\" in {source}/stack/proxy.conf:1");
    }

    private static void Write(string folder, IReadOnlyDictionary<string, string> files)
    {
        Directory.CreateDirectory(Path.Combine(folder, "stack"));
        foreach (var (path, text) in files)
        {
            File.WriteAllText(Path.Combine(folder, path), text);
        }
    }
}
