using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Publishing.Compose;

namespace Hosting.Tests.Publishing.Compose;

/// <summary>What Docker Compose gets: a service for each replica, waits, health, secrets from <c>.env</c>, and nothing of the machine that published.</summary>
public sealed class ComposePublisherTests
{
    private const string Proxies = "${STACK_PROXIES:-10.0.0.0/8;172.16.0.0/12;192.168.0.0/16}";
    private const string Network = "${NETWORK:-10.238.224}";
    private readonly IDistributedApplicationBuilder _builder = ComposeOutput.Builder();

    [Fact]
    public async Task Each_replica_is_a_service_that_waits_for_keys_and_jobs_and_the_gateway_waits_until_all_are_healthy()
    {
        var job = _builder.AddSite("prepare").WithArgs("--prepare");
        var site = _builder.AddSite().WithReplicas(2).WithSequentialPorts(8001).WaitForCompletion(job);
        RemoveEndpoints(job);
        ComposeOutput.AddGateway(_builder, site);

        var output = await WriteAsync();

        output.Services.Keys.ShouldBe(["prepare", "site-keys", "site-8001", "site-8002", "front", "dashboard"]);
        output.Waits("site-8002").ShouldBe(["site-keys service_completed_successfully", "prepare service_completed_successfully"]);
        output.Waits("front").ShouldBe(["site-8001 service_healthy", "site-8002 service_healthy"]);
        output.List("prepare", "command").ShouldBe(["--prepare"]);
        output.Service("prepare")["restart"].ShouldBe("no");
        output.List("site-keys", "command").ShouldBe(["--create-keys"]);
        ComposeOutput.Map(output.Service("site-keys")["environment"]).ShouldBe(new Dictionary<object, object> { ["STACK_KEYS"] = "/var/lib/stack/stack/keys" });
        ((List<object>)ComposeOutput.Map(output.Service("site-8002")["healthcheck"])["test"]).ShouldBe(["CMD", "dotnet", "/app/Site.dll", "--probe", "http://127.0.0.1:8002/health"]);
        output.Service("site-8002")["image"].ShouldBe("${SITE_IMAGE:-stack/site:1.0.0}");
        output.Service("site-8002")["restart"].ShouldBe("unless-stopped");
        output.Service("site-8002")["stop_grace_period"].ShouldBe("35s");
        output.Variable("site-8002", "ASPNETCORE_URLS").ShouldBe("http://+:8002");
        output.Variable("site-8002", "STACK_INSTANCE").ShouldBe("site-8002");
        output.Variable("site-8002", "STACK_PROXIES").ShouldBe(Proxies);
        output.List("site-8001", "ports").ShouldBeEmpty("only the gateway has a port");
        output.List("front", "ports").ShouldBe(["${FRONT_ADDRESS:-127.0.0.1}:${FRONT_PORT:-8080}:8080"]);
        ComposeOutput.Map(ComposeOutput.Map(output.Service("site-8002")["networks"])["default"])["ipv4_address"].ShouldBe($"{Network}.65");
        output.List("front", "extra_hosts").ShouldBe([$"site-8001:{Network}.64", $"site-8002:{Network}.65"]);
        output["front/conf/nginx.conf"].ShouldBe("site=site-8001:8001 /run/stack/drain\nsite=site-8002:8002 /run/stack/drain");
        output["stack-roll.sh"].ShouldContain("site) roll_site site 'front' 'prepare' site-8001:8001 site-8002:8002 ;;");
    }

    [Fact]
    public async Task All_of_ours_run_without_rights_and_share_the_state()
    {
        var site = _builder.AddSite().WithReplicas(2).WithSequentialPorts(8001);
        ComposeOutput.AddGateway(_builder, site);

        var output = await WriteAsync();

        foreach (var name in output.Services.Keys.Cast<string>())
        {
            output.Service(name)["read_only"].ShouldBe("true");
            output.List(name, "cap_drop").ShouldBe(["ALL"]);
            output.List(name, "security_opt").ShouldBe(["no-new-privileges:true"]);
            output.Service(name)["user"].ShouldBe(name == "front" ? "101:101" : "1654:1654");
        }

        output.List("site-8001", "volumes").ShouldBe(["stack-state:/var/lib/stack/stack"]);
        output.List("site-keys", "volumes").ShouldBe(["stack-state:/var/lib/stack/stack"]);
        output.List("dashboard", "volumes").ShouldBe(["stack-telemetry:/var/lib/stack/stack/telemetry"]);
        output.Volumes.ShouldBe(["stack-state", "stack-telemetry"]);
        output["images/site/Dockerfile"].ShouldContain("COPY --chown=1654:1654 state/ /var/lib/stack/stack/\n");
        output["images/dashboard/Dockerfile"].ShouldContain("COPY --chown=1654:1654 state/ /var/lib/stack/stack/telemetry/\n");
        output["images/build.sh"].ShouldContain("publish site 'Site/Site.csproj'\nimage site \"${SITE_IMAGE:-stack/site:1.0.0}\"\n");
    }

    [Fact]
    public async Task Parameters_come_from_the_users_file_and_dollars_are_doubled()
    {
        var password = _builder.AddParameter("db-password", secret: true);
        var colour = _builder.AddParameter("colour", "", publishValueAsDefault: true);
        _builder.AddSite().WithEnvironment("DB", ReferenceExpression.Create($"Password={password};Cost=$5")).WithEnvironment("COLOUR", colour).WithEnvironment("PLAIN", "${HOME} $$");

        var output = await WriteAsync();

        output.Variable("site", "DB").ShouldBe("Password=${DB_PASSWORD:?is missing in .env};Cost=$$5");
        output.Variable("site", "COLOUR").ShouldBe("${COLOUR?is missing in .env}", "it has a default, which is empty");
        output.Variable("site", "PLAIN").ShouldBe("$${HOME} $$$$");
        output.Variable("site", "OTEL_EXPORTER_OTLP_HEADERS").ShouldBe("x-otlp-api-key=${OTLP_API_KEY:?is missing in .env}");
        output.Written.Seed!.Keys.Select(k => k.Name).ShouldBe(["COMPOSE_PROJECT_NAME", "COLOUR", "DASHBOARD_API_KEY", "DASHBOARD_TOKEN", "DB_PASSWORD", "OTLP_API_KEY"]);
        output.Written.Seed.Keys.Single(k => k.Name == "DB_PASSWORD").Value.ShouldBeNull();
        output[".env.example"].ShouldContain("DB_PASSWORD=\n");
        output[".gitignore"].ShouldBe(".env\n");
    }

    [Fact]
    public async Task A_container_of_the_model_keeps_its_entrypoint_mounts_and_ports_and_the_host_names_its_folders()
    {
        var cache = _builder.AddContainer("cache", "redis", "7").WithEntrypoint("redis-server").WithArgs("--save", "$x").WithVolume("cache-data", "/data")
            .WithBindMount("conf", "/etc/conf", isReadOnly: true).WithEndpoint(port: 6400, targetPort: 6379, name: "tcp", isExternal: true);
        _builder.AddSite().WithEnvironment("CACHE", cache.GetEndpoint("tcp").Property(EndpointProperty.HostAndPort)).WaitFor(cache);

        var output = await WriteAsync();

        var service = output.Service("cache");
        service["image"].ShouldBe("redis:7");
        output.List("cache", "entrypoint").ShouldBe(["redis-server"]);
        output.List("cache", "command").ShouldBe(["--save", "$$x"]);
        output.List("cache", "volumes").ShouldBe(["cache-data:/data", "${CACHE_MOUNT_1:?is missing in .env}:/etc/conf:ro"]);
        output.List("cache", "ports").ShouldBe(["${CACHE_TCP_ADDRESS:-0.0.0.0}:${CACHE_TCP_PORT:-6400}:6379"]);
        output.Volumes.ShouldBe(["cache-data", "stack-state", "stack-telemetry"]);
        output.Written.Seed!.Keys.Single(k => k.Name == "CACHE_MOUNT_1").Comment[0].ShouldBe("The file or folder of this machine that 'cache' sees as /etc/conf.");
        output.Variable("site", "CACHE").ShouldBe("cache:6379");
        output.Waits("site").ShouldContain("cache service_started");
        output["docker-compose.yaml"].ShouldNotContain(Path.GetTempPath());
    }

    [Fact]
    public async Task A_site_without_ServiceDefaults_has_no_health_and_no_keys_which_is_said()
    {
        var site = _builder.AddSite().WithReplicas(2).WithSequentialPorts(8001);
        ComposeOutput.AddGateway(_builder, site);

        var output = await ComposeOutput.WriteAsync(_builder, new ComposePublisher(), hasDefaults: false);

        output.Services.Keys.ShouldBe(["site-8001", "site-8002", "front", "dashboard"]);
        output.Service("site-8001").ShouldNotContainKey("healthcheck");
        output.Waits("front").ShouldBe(["site-8001 service_started", "site-8002 service_started"]);
        output.Written.Warnings.ShouldBe(["'site' does not use ServiceDefaults, so that Compose can't ask whether it is healthy: the gateway does not wait for it, and its replicas share no keys."]);
    }

    [Fact]
    public async Task What_no_container_can_be_is_refused_all_at_once()
    {
        _builder.AddExecutable("tool", "python3", ".", "main.py");
        _builder.AddContainer("filled", "redis").WithContainerFiles("/etc", [new ContainerFile { Name = "a", Contents = "b" }]);
        _builder.AddContainer("dashboard", "redis");
        ComposeOutput.AddGateway(_builder, _builder.AddSite()).WithEndpoint("http", e => e.UriScheme = "https");

        var error = await Should.ThrowAsync<DistributedApplicationException>(WriteAsync);

        error.Message.Split(Environment.NewLine).ShouldBe(
        [
            "'tool' runs a program of this machine, which no container has. Declare it as a container with AddContainer, or leave it out with ExcludeFromManifest.",
            "'filled' gets files that are made when it is started, which can't be published. Put them into its image, or mount a folder with WithBindMount.",
            "The gateway 'front' speaks TLS, for which its container has no certificate. Leave WithTls out in publish mode, and let what stands in front of it speak TLS.",
            "Two services would have the name 'dashboard'. Give the resource another one.",
        ]);
    }

    [Fact]
    public async Task More_replicas_than_addresses_are_refused()
    {
        ComposeOutput.AddGateway(_builder, _builder.AddSite().WithReplicas(192).WithSequentialPorts(9001));

        (await Should.ThrowAsync<DistributedApplicationException>(WriteAsync)).Message.ShouldBe("192 replicas behind gateways are more than the network has addresses for (191). Set fewer with --replicas.");
    }

    [Fact]
    public async Task Memory_and_processors_are_the_users_to_limit_and_limits_of_the_model_are_Dockers()
    {
        _builder.AddSite().WithReplicas(2).WithSequentialPorts(8001).WithSupervision(s =>
        {
            s.Limits["nofile"] = new ProcessLimit(1024, 65536);
            s.Limits["as"] = 1L << 32;
        });

        var output = await WriteAsync();

        output.Service("site-8002")["mem_limit"].ShouldBe("${SITE_MEMORY:-0}");
        output.Service("site-8002")["cpus"].ShouldBe("${SITE_CPUS:-0}");
        output.Service("dashboard")["mem_limit"].ShouldBe("${DASHBOARD_MEMORY:-0}");
        output[".env.example"].ShouldContain("\n# SITE_MEMORY=0\n# SITE_CPUS=0\n");
        ComposeOutput.Map(ComposeOutput.Map(output.Service("site-8001")["ulimits"])["nofile"]).ShouldBe(new Dictionary<object, object> { ["soft"] = "1024", ["hard"] = "65536" });
        output.Written.Warnings.ShouldBe(["What WithSupervision of 'site' says of Limits[\"as\"] is not in the output for Compose. Set it in docker-compose.override.yaml."]);
    }

    [Fact]
    public async Task Another_number_of_replicas_leaves_those_that_stay_as_they_are()
    {
        var site = _builder.AddSite().WithReplicas(2).WithSequentialPorts(8001);
        ComposeOutput.AddGateway(_builder, site);
        var two = (await WriteAsync())["docker-compose.yaml"];
        var more = ComposeOutput.Builder();
        ComposeOutput.AddGateway(more, more.AddSite().WithReplicas(5).WithSequentialPorts(8001));
        var five = (await ComposeOutput.WriteAsync(more, new ComposePublisher()))["docker-compose.yaml"];

        Definition(two, "site-8002").ShouldBe(Definition(five, "site-8002"));
        Definition(two, "site-8002").ShouldContain("STACK_REPLICAS");
    }

    [Fact]
    public async Task Every_wait_is_for_a_service_and_every_volume_is_declared()
    {
        var job = _builder.AddSite("prepare");
        RemoveEndpoints(job);
        var api = _builder.AddSite("api").WithReplicas(3).WithSequentialPorts(9101).WaitForCompletion(job);
        var site = _builder.AddSite().WithReplicas(2).WithSequentialPorts(8001).WaitFor(api);
        ComposeOutput.AddGateway(_builder, site, api);

        var output = await WriteAsync();

        var names = output.Services.Keys.Cast<string>().ToList();
        names.SelectMany(n => output.Waits(n)).Select(w => w.Split(' ')[0]).Except(names).ShouldBeEmpty();
        output.Waits("site-8001").ShouldContain("api-9103 service_healthy");
        names.SelectMany(n => output.List(n, "volumes")).Select(v => v.Split(':')[0]).Where(v => !v.StartsWith('.')).Distinct().Order(StringComparer.Ordinal).ShouldBe(output.Volumes);
    }

    private static string Definition(string yaml, string service)
        => string.Join('\n', yaml.Split('\n').SkipWhile(line => line != $"  {service}:").Skip(1).TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal)));

    private static void RemoveEndpoints(IResourceBuilder<ProjectResource> project)
        => project.Resource.Annotations.OfType<EndpointAnnotation>().ToList().ForEach(e => project.Resource.Annotations.Remove(e));

    private Task<ComposeOutput> WriteAsync() => ComposeOutput.WriteAsync(_builder, new ComposePublisher());
}
