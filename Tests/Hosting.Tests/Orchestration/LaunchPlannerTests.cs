using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Allocation;
using Stack.Hosting.Building;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Supervision;

namespace Hosting.Tests.Orchestration;

public sealed class LaunchPlannerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stack-launch-").FullName;
    private StateFolder? _state;

    public void Dispose()
    {
        _state?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Each_replica_is_told_its_own_name_index_port_and_url()
    {
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(2).WithSequentialPorts(8001);

        var second = (await LaunchAsync(builder, "/bin/true"))[1].Environment;

        second["STACK_INSTANCE"].ShouldBe("site-8002");
        second["STACK_INDEX"].ShouldBe("1");
        second["STACK_REPLICAS"].ShouldBe("2");
        second["STACK_GENERATION"].ShouldBe("1");
        second["PORT"].ShouldBe("8002");
        second["ASPNETCORE_URLS"].ShouldBe("http://127.0.0.1:8002");
        second["OTEL_SERVICE_NAME"].ShouldBe("site");
        second["OTEL_RESOURCE_ATTRIBUTES"].ShouldBe("service.instance.id=site-8002");
        second["GREETING"].ShouldBe("from the profile");
        second["STACK_KEYS"].ShouldBe(Path.Combine(_folder, "keys"));
    }

    [Theory]
    [InlineData(35, "30")]
    [InlineData(5, "4")]
    [InlineData(60, "55")]
    [InlineData(10, "8")]
    [InlineData(1, "1")]
    public async Task The_limit_of_a_sites_own_host_is_below_the_grace_of_its_stop(int grace, string limit)
    {
        var builder = Models.Empty();
        builder.AddSite();

        (await LaunchAsync(builder, "/bin/true", grace: TimeSpan.FromSeconds(grace)))[0].Environment["DOTNET_SHUTDOWNTIMEOUTSECONDS"].ShouldBe(limit);
    }

    [Fact]
    public async Task Callbacks_run_once_for_all_replicas_and_again_for_the_next_generation()
    {
        var builder = Models.Empty();
        var calls = 0;
        builder.AddSite().WithReplicas(3).WithSequentialPorts(8001).WithEnvironment(_ => calls++);

        await LaunchAsync(builder, "/bin/true");
        calls.ShouldBe(1);

        await LaunchAsync(builder, "/bin/true", generations: 2);
        calls.ShouldBe(3);
    }

    [Fact]
    public async Task A_later_WithEnvironment_wins_over_the_launch_profile_and_the_url()
    {
        var builder = Models.Empty();
        builder.AddSite().WithEnvironment("GREETING", "mine").WithEnvironment("ASPNETCORE_URLS", "http://127.0.0.1:1");

        var environment = (await LaunchAsync(builder, "/bin/true"))[0].Environment;

        environment["GREETING"].ShouldBe("mine");
        environment["ASPNETCORE_URLS"].ShouldBe("http://127.0.0.1:1");
    }

    [Fact]
    public async Task What_addresses_the_AppHost_itself_does_not_reach_its_children()
    {
        Environment.SetEnvironmentVariable("ASPIRE_SOMETHING", "x");
        Environment.SetEnvironmentVariable("STACK_SOMETHING", "x");
        try
        {
            var builder = Models.Empty();
            builder.AddExecutable("tool", "/bin/true", "/");

            var environment = (await LaunchAsync(builder, null))[0].Environment;

            environment.Keys.ShouldNotContain("ASPIRE_SOMETHING");
            environment.Keys.ShouldNotContain("STACK_SOMETHING");
            environment.Keys.ShouldNotContain("ASPNETCORE_URLS");
            environment.Keys.ShouldContain("PATH");
        }
        finally
        {
            Environment.SetEnvironmentVariable("ASPIRE_SOMETHING", null);
            Environment.SetEnvironmentVariable("STACK_SOMETHING", null);
        }
    }

    [Fact]
    public async Task A_replica_can_have_variables_of_its_own_and_they_come_last()
    {
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(2).WithSequentialPorts(8001)
            .WithReplicaEnvironment(replica =>
            {
                replica.EnvironmentVariables["ME"] = $"{replica.Name} {replica.Index} {replica.Port}";
                replica.EnvironmentVariables["GREETING"] += ", too";
            })
            .WithEnvironment("ME", "somebody");

        var replicas = await LaunchAsync(builder, "/bin/true");

        replicas.Select(r => r.Environment["ME"]).ShouldBe(["site-8001 0 8001", "site-8002 1 8002"]);
        replicas[1].Environment["GREETING"].ShouldBe("from the profile, too");
    }

    [Fact]
    public async Task References_hand_over_addresses_in_both_spellings()
    {
        var builder = Models.Empty();
        var api = builder.AddSite("my-api").WithSequentialPorts(9001);
        builder.AddExecutable("tool", "/bin/true", "/").WithReference(api).WithEnvironment("API", $"{api.GetEndpoint("http").Property(EndpointProperty.HostAndPort)}/v1");

        var environment = (await LaunchAsync(builder, "/bin/true", resource: "tool"))[0].Environment;

        environment["services__my-api__http__0"].ShouldBe("http://127.0.0.1:9001");
        environment["MY_API_HTTP"].ShouldBe("http://127.0.0.1:9001");
        environment["API"].ShouldBe("127.0.0.1:9001/v1");
    }

    [Fact]
    public async Task An_executable_is_told_its_port_by_the_variable_that_env_names()
    {
        var builder = Models.Empty();
        builder.AddExecutable("tool", "/bin/true", "/").WithHttpEndpoint(port: 9100, env: "LISTEN").WithArgs("--port", "9100");

        var launch = (await LaunchAsync(builder, null))[0];

        launch.Environment["LISTEN"].ShouldBe("9100");
        launch.Arguments.ShouldBe(["--port", "9100"]);
    }

    [Fact]
    public async Task A_site_that_is_not_built_is_named_with_the_command_that_builds_it()
    {
        var builder = Models.Empty();
        builder.AddSite();

        var error = await Should.ThrowAsync<DistributedApplicationException>(() => LaunchAsync(builder, null));

        error.Message.ShouldContain("does not exist. Build it: dotnet build");
    }

    [Fact]
    public void A_second_AppHost_on_the_same_state_folder_is_refused()
    {
        using var first = StateFolder.Open(_folder);

        Should.Throw<DistributedApplicationException>(() => StateFolder.Open(_folder)).Message.ShouldBe(
            $"The state folder '{_folder}' is in use by another AppHost, process {Environment.ProcessId}. Stop that one with './stack down', or give this one another folder with Stack:State.");
    }

    [Fact]
    public void Secrets_are_made_once_and_are_for_the_owner_only()
    {
        using var state = StateFolder.Open(_folder);

        var made = state.LoadSecrets();

        state.LoadSecrets().ShouldBe(made);
        File.GetUnixFileMode(Path.Combine(_folder, "secrets.json")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        made.OtlpApiKey.Length.ShouldBe(32);
    }

    [Fact]
    public async Task A_missing_value_keeps_the_resource_from_starting_and_all_that_is_missing_is_named()
    {
        var builder = Models.Empty();
        builder.AddExecutable("tool", "/bin/true", "/").WithEnvironment("A", builder.AddParameter("api-key")).WithArgs(builder.AddParameter("user"));

        (await Should.ThrowAsync<DistributedApplicationException>(() => LaunchAsync(builder, null))).Message.ShouldBe(
            "Resource 'tool' can't start: "
            + "The parameter 'user' has no value. Set 'Parameters:user' in configuration, for example by the environment variable Parameters__user, or give it a default. "
            + "The parameter 'api-key' has no value. Set 'Parameters:api-key' in configuration, for example by the environment variable Parameters__api_key, or give it a default.");
    }

    [Fact]
    public async Task A_missing_value_that_a_callback_asks_for_is_named_with_the_resource_too()
    {
        var builder = Models.Empty();
        builder.AddExecutable("tool", "/bin/true", "/").WithReference(builder.AddExternalService("weather", builder.AddParameter("url")));

        (await Should.ThrowAsync<DistributedApplicationException>(() => LaunchAsync(builder, null, resource: "tool"))).Message.ShouldStartWith(
            "Resource 'tool' can't start: The parameter 'url' has no value. Set 'Parameters:url' in configuration");
    }

    [Fact]
    public async Task What_comes_from_secrets_is_marked()
    {
        var builder = Models.Empty("Parameters:key=k");
        var key = builder.AddParameter("key", secret: true);
        builder.AddExecutable("tool", "/bin/true", "/").WithEnvironment("A", "a").WithEnvironment("B", $"x{key}").WithArgs("plain", key);

        var launch = (await LaunchAsync(builder, null))[0];

        launch.SensitiveVariables.ShouldBe(["B"]);
        launch.SensitiveArguments.ShouldBe([1]);
        launch.ModelVariables.ShouldBe(["A", "B"], ignoreOrder: true);
        launch.Environment["B"].ShouldBe("xk");
        launch.Arguments.ShouldBe(["plain", "k"]);
    }

    [Fact]
    public async Task A_value_that_is_null_leaves_its_variable_out()
    {
        var builder = Models.Empty();
        builder.AddExecutable("tool", "/bin/true", "/").WithReference(builder.AddConnectionString("orders"), optional: true);

        (await LaunchAsync(builder, null))[0].Environment.Keys.ShouldNotContain("ConnectionStrings__orders");
    }

    [Fact]
    public async Task Another_user_gets_a_home_and_a_key_ring_of_its_own_and_what_the_model_sets_stays()
    {
        var builder = Models.Empty();
        builder.AddExecutable("tool", "/bin/true", "/").WithEnvironment("LOGNAME", "chosen");
        var settings = new ProcessSettings { User = "54321", Group = "54322" };
        if (Environment.UserName != "root")
        {
            (await Should.ThrowAsync<LaunchException>(() => LaunchAsync(builder, null, settings: settings))).Message.ShouldContain("can't be given to user '54321'");
            return;
        }

        var launch = (await LaunchAsync(builder, null, generations: 2, settings: settings))[1];

        var keys = Path.Combine(_folder, "keys-54321");
        launch.Settings.ShouldBeSameAs(settings);
        launch.Folders.ShouldBe([keys]);
        launch.Environment["STACK_KEYS"].ShouldBe(keys);
        launch.Environment["HOME"].ShouldBe("/");
        launch.Environment["USER"].ShouldBe("54321");
        launch.Environment["LOGNAME"].ShouldBe("chosen");
        File.GetUnixFileMode(keys).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var key = Directory.GetFiles(keys).ShouldHaveSingleItem();
        (await OwnerAsync(keys)).ShouldBe("54321:54322");
        (await OwnerAsync(key)).ShouldBe("54321:54322");
    }

    [Fact]
    public async Task Without_another_user_home_and_key_ring_are_the_AppHosts()
    {
        var builder = Models.Empty();
        builder.AddExecutable("tool", "/bin/true", "/");

        var launch = (await LaunchAsync(builder, null, settings: new ProcessSettings { User = Environment.UserName }))[0];

        launch.Folders.ShouldBeEmpty();
        launch.Environment["STACK_KEYS"].ShouldBe(Path.Combine(_folder, "keys"));
        launch.Environment.GetValueOrDefault("HOME").ShouldBe(Environment.GetEnvironmentVariable("HOME"));
    }

    private static async Task<string> OwnerAsync(string path)
    {
        List<string> lines = [];
        await new ToolRunner().RunAsync(new ToolRequest("/usr/bin/stat", ["-c", "%u:%g", path], "/"), lines.Add, TestContext.Current.CancellationToken);
        return lines[0];
    }

    /// <param name="builder">The model.</param>
    /// <param name="program">Replaces the built assembly of projects, which does not exist here.</param>
    /// <param name="generations">How often each replica is launched.</param>
    /// <param name="resource">Name of the resource; null: the first.</param>
    /// <param name="settings">Of the processes.</param>
    private async Task<List<LaunchRequest>> LaunchAsync(IDistributedApplicationBuilder builder, string? program, int generations = 1, string? resource = null, ProcessSettings? settings = null, TimeSpan? grace = null)
    {
        if (program is not null)
        {
            foreach (var project in builder.Resources.OfType<ProjectResource>())
            {
                project.Annotations.Add(new ExecutableAnnotation { Command = program, WorkingDirectory = "/" });
            }
        }

        var plan = new PlanMaker(FreePorts.Find, randomizePorts: false).Make(builder.Resources);
        PlanMaker.Publish(plan);
        _state ??= StateFolder.Open(_folder);
        var chosen = plan.Resources.First(r => resource is null || r.Name == resource);
        var planner = new LaunchPlanner(chosen, _state, builder.ExecutionContext, grace ?? TimeSpan.FromSeconds(5), 9, NullLogger.Instance) { Settings = settings ?? ProcessSettings.Inherited };
        List<LaunchRequest> launches = [];
        for (var generation = 1; generation <= generations; generation++)
        {
            foreach (var replica in chosen.Replicas)
            {
                launches.Add(await planner.CreateAsync(replica, generation, TestContext.Current.CancellationToken));
            }
        }

        return launches;
    }
}
