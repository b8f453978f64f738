using System.Runtime.CompilerServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Hosting.Tests.Publishing.Linux;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Systemd;

namespace Hosting.Tests.Publishing.Systemd;

/// <summary>What a machine with systemd gets.</summary>
public sealed class SystemdPublisherTests
{
    private const string Unit = "rootfs/etc/systemd/system/stack-site@.service";

    [Fact]
    public async Task The_products_own_stack_is_as_in_the_golden_file()
    {
        using var model = LinuxModel.Product();

        var output = await model.WriteAsync(new SystemdPublisher());

        await LinuxModel.ShouldBeGoldenAsync(output, Path.Combine(Here(), "Golden", "product.txt"));
    }

    [Fact]
    public async Task Nothing_of_this_machine_and_no_secret_is_in_a_generated_file()
    {
        using var model = LinuxModel.Product();

        var output = await model.WriteAsync(new SystemdPublisher());

        foreach (var file in output.Files)
        {
            file.Text.ShouldNotContain(Path.GetTempPath(), customMessage: file.Path);
            file.Text.ShouldNotContain("set on this machine only", customMessage: file.Path);
            file.Text.ShouldNotContain("\r", customMessage: file.Path);
        }

        output.Seed!.Keys.Select(k => k.Name).ShouldBe(["BOARD", "DASHBOARD_API_KEY", "DASHBOARD_TOKEN", "OTLP_API_KEY"]);
    }

    [Fact]
    public async Task What_systemd_would_expand_in_an_argument_stays_as_it_is_and_a_parameter_comes_from_the_process_variables()
    {
        using var model = new LinuxModel();
        var level = model.Builder.AddParameter("level");
        model.Project("site", "WebSite").WithSequentialPorts(8001).WithArgs("--plain", "100%", "a $b \"c\" d\\e", "").WithArgs(context => context.Args.Add(ReferenceExpression.Create($"--level={level}")));

        var output = await model.WriteAsync(new SystemdPublisher());

        var start = Text(output, Unit).Split('\n').Single(l => l.StartsWith("ExecStart=", StringComparison.Ordinal));
        start.ShouldBe("""ExecStart=/opt/stack/site/current/WebSite --plain "100%%" "a $$b \"c\" d\\e" "" "--level=${LEVEL}" """.TrimEnd());
        Text(output, "plan.sh").ShouldContain("variable LEVEL \"${LEVEL}\"\n");
    }

    [Fact]
    public async Task A_site_without_ServiceDefaults_is_started_without_a_word_from_it_and_that_is_said()
    {
        using var model = new LinuxModel();
        model.Project("site", "WebSite", hasDefaults: false).WithReplicas(2).WithSequentialPorts(8001);

        var output = await model.WriteAsync(new SystemdPublisher());

        Text(output, Unit).ShouldContain("\nType=exec\n");
        Text(output, Unit).ShouldNotContain("WatchdogSec");
        output.Files.ShouldNotContain(f => f.Path.EndsWith("stack-site-keys.service", StringComparison.Ordinal));
        output.Warnings.ShouldBe(["'site' does not reference ServiceDefaults, so that systemd can't tell when it is ready or hangs, its replicas don't share keys, and it sends no telemetry. Reference ServiceDefaults for that."]);
    }

    [Fact]
    public async Task Who_waits_for_another_comes_after_it_and_outlives_it()
    {
        using var model = new LinuxModel();
        var api = model.Project("api", "Api").WithHttpHealthCheck("/health");
        model.Project("site", "WebSite").WithSequentialPorts(8001).WaitFor(api);

        var unit = Text(await model.WriteAsync(new SystemdPublisher()), Unit);

        unit.ShouldContain("\nWants=stack-api.target\nAfter=stack-api.target\n");
        unit.ShouldNotContain("Requires=stack-api");
    }

    [Fact]
    public async Task Time_to_stop_is_the_programs()
    {
        using var model = new LinuxModel();
        model.Project("site", "WebSite").WithSequentialPorts(8001).WithSupervision(o => o.StopWaitSecs = TimeSpan.FromSeconds(80));

        Text(await model.WriteAsync(new SystemdPublisher()), Unit).ShouldContain("\nTimeoutStopSec=80\n");
    }

    [Fact]
    public async Task Limits_of_a_program_are_its_units_and_other_settings_of_the_process_are_said_to_be_lost()
    {
        using var model = new LinuxModel();
        model.Project("site", "WebSite").WithSequentialPorts(8001).WithSupervision(o =>
        {
            o.Limits["nofile"] = new ProcessLimit(1024, 65536);
            o.Limits["core"] = ProcessLimit.Unlimited;
            o.User = "www-data";
            o.Umask = "022";
        });

        var output = await model.WriteAsync(new SystemdPublisher());

        Text(output, Unit).ShouldContain("\nLimitCORE=infinity:infinity\nLimitNOFILE=1024:65536\n");
        output.Warnings.ShouldBe(["What WithSupervision of 'site' says of User, Umask is not in the output for systemd. Set it in a drop-in: systemctl edit."]);
    }

    [Fact]
    public async Task What_the_machine_can_t_run_is_told_at_once()
    {
        using var model = new LinuxModel("--app-name", "Shop");
        model.Builder.AddContainer("cache", "redis");
        model.Builder.AddExecutable("worker", "/usr/bin/worker", ".");
        model.Project("dashboard", "WebSite").WithEnvironment("WORDS", "two\nlines").WithEnvironment("PLACE", "C:\\temp").WithArgs("one\ntwo");

        var message = (await Should.ThrowAsync<DistributedApplicationException>(() => model.WriteAsync(new SystemdPublisher()))).Message;

        message.Split(Environment.NewLine).ShouldBe(
        [
            "The application can't be called 'Shop' on a Linux machine, where that becomes the name of a user and of folders in /etc, /opt and /run. Give another one, of lower-case letters, digits and '-': --app-name shop.",
            "'cache' is a ContainerResource, which can't be published to systemd: there is no image and no program to copy. Use what the machine has, by AddConnectionString or AddExternalService, or leave it out: ExcludeFromManifest().",
            "'worker' is a ExecutableResource, which can't be published to systemd: there is no image and no program to copy. Use what the machine has, by AddConnectionString or AddExternalService, or leave it out: ExcludeFromManifest().",
            "A resource can't be called 'dashboard' where it is published to systemd: that name is taken there. Give it another one.",
            "Resource 'dashboard': The value of 'PLACE' has a backslash in it: the shell, systemd and Compose read that differently. Choose a value without.",
            "Resource 'dashboard': The value of 'WORDS' has more than one line, or a NUL in it, which no file of variables can hold. Use a file, or another form of the value.",
            "An argument of resource 'dashboard' has more than one line, which systemd can't hold. Hand it over by WithEnvironment, or as a file.",
        ]);
    }

    [Fact]
    public async Task A_gateway_without_files_of_its_own_is_refused()
    {
        using var model = new LinuxModel();
        var front = model.Builder.AddContainer("front", "haproxy").WithHttpEndpoint(port: 8080, targetPort: 8080, name: "http");
        model.Project("site", "WebSite").WithSequentialPorts(8001).WithAnnotation(new GatewayAnnotation(front.Resource));

        var message = (await Should.ThrowAsync<DistributedApplicationException>(() => model.WriteAsync(new SystemdPublisher()))).Message;

        message.ShouldBe("The gateway 'front' has no form for systemd: it is neither Nginx nor brings its own files (GatewayFilesAnnotation). Leave it out when publishing: ExcludeFromManifest().");
    }

    private static string Text(PublishOutput output, string path) => output.Files.Single(f => f.Path == path).Text;

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
