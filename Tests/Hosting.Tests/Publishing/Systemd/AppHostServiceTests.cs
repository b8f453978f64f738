using System.Runtime.CompilerServices;
using Aspire.Hosting;
using Hosting.Tests.Publishing.Linux;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Supervisord;
using Stack.Hosting.Publishing.Systemd;

namespace Hosting.Tests.Publishing.Systemd;

/// <summary>What a machine gets on which the AppHost supervises, as a service of systemd's.</summary>
public sealed class AppHostServiceTests
{
    private static readonly string[] Supervised = ["--supervisor", "apphost"];

    [Fact]
    public async Task The_products_own_stack_is_as_in_the_golden_file()
    {
        using var model = LinuxModel.Product(4, Supervised);

        var output = await model.WriteAsync(new SystemdPublisher());

        await LinuxModel.ShouldBeGoldenAsync(output, Path.Combine(Path.GetDirectoryName(Here())!, "Golden", "apphost.txt"));
        output.Files.Where(f => f.IsExecutable).Select(f => f.Path).ShouldBe(["build.sh", "install.sh", "rollback.sh", "rootfs/opt/stack/bin/stack", "uninstall.sh"]);
        Text(output, "rootfs/opt/stack/bin/stack").ShouldContain($"STACK_CONTROL_SOCKET={RunFolder.ControlSocket(RunFolder.Production("stack"))} ");
        output.Files.ShouldNotContain(f => f.Text.Contains("set on this machine only", StringComparison.Ordinal) || f.Text.Contains(Path.GetTempPath(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_parameter_reaches_the_AppHost_under_its_own_key_when_it_was_given_a_value()
    {
        using var model = new LinuxModel(Supervised);
        var password = model.Builder.AddParameter("db-password", secret: true);
        var store = model.Builder.AddConnectionString("my-store");
        model.Project("my-site", "WebSite").WithSequentialPorts(8001).WithEnvironment("PASSWORD", password).WithReference(store);

        var output = await model.WriteAsync(new SystemdPublisher());

        Text(output, "plan.sh").ShouldContain("        'apphost')\n            variable_if_given ConnectionStrings__my_store \"${MY_STORE}\"\n            variable_if_given Parameters__db_password \"${DB_PASSWORD}\"\n");
        Text(output, "plan.sh").ShouldContain("\nNEEDED=()\n");
        output.Seed!.Keys.Select(k => k.Name).ShouldBe(["DB_PASSWORD", "MY_STORE"]);
        Text(output, "rootfs/etc/systemd/system/stack.service").ShouldContain(" --Stack:Projects:my-site:Folder=/opt/stack/my-site/first\n");
    }

    [Fact]
    public async Task A_job_of_a_project_of_its_own_runs_from_what_is_installed()
    {
        using var model = new LinuxModel(Supervised);
        var migrations = model.Project("migrations", "Migrations");
        model.Project("site", "WebSite").WithSequentialPorts(8001).WaitForCompletion(migrations);

        var service = Text(await model.WriteAsync(new SystemdPublisher()), "rootfs/etc/systemd/system/stack.service");

        service.ShouldContain(" --Stack:Projects:migrations:Folder=/opt/stack/migrations/current --Stack:Projects:site:Folder=/opt/stack/site/first\n");
    }

    [Fact]
    public async Task A_gateway_on_a_low_port_gets_the_right_to_it_and_another_one_none()
    {
        using var usual = LinuxModel.Product(4, Supervised);
        using var low = new LinuxModel(Supervised);
        var front = low.Builder.AddContainer("front", "nginx").WithHttpEndpoint(port: 80, targetPort: 80, name: "http").WithAnnotation(new GatewayFilesAnnotation(_ => new Dictionary<string, string>()));
        low.Project("site", "WebSite").WithSequentialPorts(8001).WithAnnotation(new GatewayAnnotation(front.Resource));

        Text(await usual.WriteAsync(new SystemdPublisher()), "rootfs/etc/systemd/system/stack.service").ShouldContain("\nCapabilityBoundingSet=\nAmbientCapabilities=\n");
        Text(await low.WriteAsync(new SystemdPublisher()), "rootfs/etc/systemd/system/stack.service").ShouldContain("\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n");
    }

    [Fact]
    public async Task What_can_t_be_is_told_at_once()
    {
        using var model = new LinuxModel([.. Supervised, "--Publishing:Cli:Project="]);
        model.Project("cli", "WebSite");

        var message = (await Should.ThrowAsync<DistributedApplicationException>(() => model.WriteAsync(new SystemdPublisher()))).Message;

        message.Split(Environment.NewLine).ShouldBe(
        [
            "A resource can't be called 'cli' where the AppHost supervises: that name is taken there. Give it another one.",
            "The project of the command line is not known, which commands the AppHost on the machine: Stack's folder 'Cli' has to be beside 'Hosting'. Copy it there, or publish without --supervisor apphost.",
        ]);
    }

    [Fact]
    public async Task A_number_of_replicas_is_refused_since_the_AppHost_counts_where_it_runs()
    {
        using var model = LinuxModel.Product(4, [.. Supervised, "--replicas", "site=2"]);

        (await Should.ThrowAsync<DistributedApplicationException>(() => model.WriteAsync(new SystemdPublisher()))).Message
            .ShouldBe("'--replicas' says nothing where the AppHost supervises: it counts by the machine that it runs on. Set the number there: stack scale site=8.");
    }

    [Fact]
    public void Only_systemd_has_a_choice_and_it_is_one_of_two()
    {
        Should.Throw<PublishUsageException>(() => PublisherStep.CheckSupervisor(new SupervisordPublisher(), "apphost")).Message
            .ShouldBe("'--supervisor' belongs to systemd, which can supervise by itself or have the AppHost do so; in the output for supervisord nothing else can. Leave it out.");
        Should.Throw<PublishUsageException>(() => PublisherStep.CheckSupervisor(new SystemdPublisher(), "runit")).Message.ShouldBe("There is no supervisor 'runit'. Give --supervisor systemd or apphost.");
        PublisherStep.CheckSupervisor(new SystemdPublisher(), "AppHost");
        PublisherStep.CheckSupervisor(new SupervisordPublisher(), null);
    }

    private static string Text(PublishOutput output, string path) => output.Files.Single(f => f.Path == path).Text;

    private static string Here([CallerFilePath] string path = "") => path;
}
