using System.Runtime.CompilerServices;
using Aspire.Hosting;
using Hosting.Tests.Publishing.Linux;
using Stack.Hosting.Building;
using Stack.Hosting.Publishing.Supervisord;
using Testing;

namespace Hosting.Tests.Publishing.Supervisord;

/// <summary>What a machine with supervisord gets.</summary>
public sealed class SupervisordPublisherTests
{
    [Fact]
    public async Task The_products_own_stack_is_as_in_the_golden_file()
    {
        using var model = LinuxModel.Product();

        var output = await model.WriteAsync(new SupervisordPublisher());

        await LinuxModel.ShouldBeGoldenAsync(output, Path.Combine(Here(), "Golden", "product.txt"));
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Supervisord_understands_every_section()
    {
        using var model = LinuxModel.Product();
        using TempFolder temp = new();
        var text = "[supervisord]\n[unix_http_server]\nfile=x.sock\n";
        foreach (var file in (await model.WriteAsync(new SupervisordPublisher())).Files.Where(f => f.Path.StartsWith("rootfs/etc/supervisor/", StringComparison.Ordinal)))
        {
            // It wants users and folders that are there.
            text += file.Text.Replace("user=stack", "user=root", StringComparison.Ordinal).Replace("/var/log/stack", temp.Path, StringComparison.Ordinal).Replace("/opt/stack", temp.Path, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(temp.File("all.conf"), text, TestContext.Current.CancellationToken);

        var (code, says) = await Bash.RunAsync(
            "/usr/bin/python3 -c \"from supervisor.options import ServerOptions as S; o=S(); o.realize(['-n','-c','all.conf']); print(*sorted(p.name+' '+str(p.stopwaitsecs) for g in o.process_group_configs for p in g.process_configs), sep='\\n')\"",
            temp.Path);

        says.ShouldEndWith("stack-dashboard 35\nstack-site-8001 35\nstack-site-8002 35\nstack-site-8003 35\nstack-site-8004 35\n");
        code.ShouldBe(0);
    }

    [Fact]
    public async Task Arguments_that_supervisord_would_cut_or_can_t_know_are_refused()
    {
        using var model = new LinuxModel();
        var level = model.Builder.AddParameter("level");
        model.Project("site", "WebSite").WithSequentialPorts(8001).WithArgs("a ;b", "100%").WithArgs(context => context.Args.Add(level.Resource));

        var message = (await Should.ThrowAsync<DistributedApplicationException>(() => model.WriteAsync(new SupervisordPublisher()))).Message;

        message.Split(Environment.NewLine).ShouldBe(
        [
            "Argument 1 of resource 'site' has ' ;' or ' #' in it, where supervisord cuts it. Hand it over by WithEnvironment.",
            "Argument 3 of resource 'site' has the parameter 'level' in it, whose value is not known when supervisord reads it. Hand it over by WithEnvironment.",
        ]);
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
