using Aspire.Hosting;
using Stack.Hosting.Building;

namespace Hosting.Tests.Building;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--operation", "publish", "AppHost:Operation")]
    [InlineData("--publisher", "docker", "Publishing:Publisher")]
    [InlineData("--step", "deploy", "Pipeline:Step")]
    [InlineData("--output-path", "/out", "Pipeline:OutputPath")]
    [InlineData("--log-level", "debug", "Pipeline:LogLevel")]
    [InlineData("--include-exception-details", "true", "Pipeline:IncludeExceptionDetails")]
    [InlineData("--clear-cache", "true", "Pipeline:ClearCache")]
    [InlineData("--dcp-container-runtime", "podman", "DcpPublisher:ContainerRuntime")]
    [InlineData("--dcp-dependency-check-timeout", "30", "DcpPublisher:DependencyCheckTimeout")]
    public void A_switch_sets_its_key_in_every_form(string name, string value, string key)
    {
        Models.Empty(name, value).Configuration[key].ShouldBe(value);
        Models.Empty($"{name}={value}").Configuration[key].ShouldBe(value);
        Models.Empty(name.ToUpperInvariant(), value).Configuration[key].ShouldBe(value);
        Models.Empty($"/{name[2..]}", value).Configuration[key].ShouldBe(value);
        Models.Empty($"{key}={value}").Configuration[key].ShouldBe(value);
        Models.Empty($"--{key}", value).Configuration[key].ShouldBe(value);
    }

    [Fact]
    public void A_value_may_have_an_equals_sign()
        => Models.Empty("--output-path=/out/a=b").Configuration["Pipeline:OutputPath"].ShouldBe("/out/a=b");

    [Theory]
    [InlineData("--clear-cache", "--operation", "publish")]
    [InlineData("--operation", "publish", "--clear-cache")]
    [InlineData("--clear-cache", "AppHost:Operation=publish")]
    public void A_flag_may_stand_alone(params string[] args)
    {
        var configuration = Models.Empty(args).Configuration;

        configuration["Pipeline:ClearCache"].ShouldBe("true");
        configuration["AppHost:Operation"].ShouldBe("publish");
    }

    [Theory]
    [InlineData("--dcp-cli-path", "/dcp", "--operation", "publish")]
    [InlineData("--dcp-cli-path=/dcp", "--operation", "publish")]
    [InlineData("--dcp-something", "--operation", "publish")]
    public void Other_switches_of_dcp_are_ignored_with_their_value(params string[] args)
        => CommandLine.Map(args).ShouldBe(["--AppHost:Operation", "publish"]);

    [Fact]
    public void Other_arguments_stay_as_they_are()
        => CommandLine.Map(["--Parameters:a=b", "x", "--environment", "Test"]).ShouldBe(["--Parameters:a=b", "x", "--environment", "Test"]);

    [Theory]
    [InlineData(new string[0], DistributedApplicationOperation.Run, "manifest")]
    [InlineData(new[] { "--operation", "run" }, DistributedApplicationOperation.Run, "manifest")]
    [InlineData(new[] { "--operation", "PUBLISH" }, DistributedApplicationOperation.Publish, "manifest")]
    [InlineData(new[] { "--operation", "publish", "--publisher", "docker" }, DistributedApplicationOperation.Publish, "docker")]
    [InlineData(new[] { "--publisher", "docker" }, DistributedApplicationOperation.Publish, "docker")]
    [InlineData(new[] { "--publisher", "manifest" }, DistributedApplicationOperation.Publish, "manifest")]
    [InlineData(new[] { "--operation", "run", "--publisher", "docker" }, DistributedApplicationOperation.Run, "docker")]
    [InlineData(new[] { "--operation=", "--publisher=" }, DistributedApplicationOperation.Run, "manifest")]
    public void Operation_and_publisher_make_the_mode(string[] args, DistributedApplicationOperation operation, string publisher)
    {
        var context = Models.Empty(args).ExecutionContext;

        context.Operation.ShouldBe(operation);
        context.PublisherName.ShouldBe(publisher);
        context.IsRunMode.ShouldBe(operation == DistributedApplicationOperation.Run);
        context.IsPublishMode.ShouldBe(operation == DistributedApplicationOperation.Publish);
    }

    [Theory]
    [InlineData("dance")]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("run,publish")]
    public void Another_operation_is_refused_with_the_known_ones(string operation)
        => Should.Throw<DistributedApplicationException>(() => Models.Empty("--operation", operation)).Message.ShouldBe(
            $"The operation '{operation}' is not known. Use --operation run or --operation publish.");

    [Fact]
    public void The_manifest_publisher_alone_says_operation_and_step()
    {
        var configuration = Models.Empty("--publisher", "manifest", "--output-path", "/out").Configuration;

        configuration["AppHost:Operation"].ShouldBe("Publish");
        configuration["Pipeline:Step"].ShouldBe("publish-manifest");
        configuration["Pipeline:OutputPath"].ShouldBe("/out");
    }

    [Fact]
    public void The_manifest_publisher_does_not_change_a_step_that_is_given()
        => Models.Empty("--publisher", "manifest", "--step", "deploy").Configuration["Pipeline:Step"].ShouldBe("deploy");

    [Fact]
    public void Another_publisher_says_no_step()
        => Models.Empty("--publisher", "docker").Configuration["Pipeline:Step"].ShouldBeNull();
}
