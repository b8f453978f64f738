using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.Building;

namespace Hosting.Tests.Building;

public sealed class BuilderTests
{
    [Theory]
    [InlineData("", "it must have 1 to 64 characters")]
    [InlineData("1site", "it must start with a letter")]
    [InlineData("my_site", "it may only have ASCII letters, digits and hyphens")]
    [InlineData("site-", "it may not end with a hyphen")]
    [InlineData("my--site", "it may not have two hyphens in a row")]
    public void A_bad_name_is_refused_with_the_rule_it_breaks(string name, string rule)
    {
        var error = Should.Throw<ArgumentException>(() => Models.Empty().AddExecutable(name, "/bin/true", "."));

        error.Message.ShouldBe($"The resource name '{name}' is invalid: {rule}. (Parameter 'name')");
    }

    [Fact]
    public void A_name_can_be_used_once_whatever_its_case()
    {
        var builder = Models.Empty();
        builder.AddSite();

        Should.Throw<DistributedApplicationException>(() => builder.AddExecutable("SITE", "/bin/true", ".")).Message.ShouldBe(
            "Cannot add the ExecutableResource 'SITE': the model has a ProjectResource of that name already. Give one of them another name.");
    }

    [Fact]
    public void A_resource_may_not_have_the_name_of_a_replica()
    {
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(2).WithSequentialPorts(8001);
        builder.AddExecutable("site-8002", "/bin/true", ".");

        Should.Throw<DistributedApplicationException>(() => builder.Build()).Message.ShouldBe(
            "The resource 'site-8002' has the name of a replica of 'site'. Give it another name.");
    }

    [Fact]
    public void An_endpoint_name_can_be_used_once_and_the_message_tells_the_cure()
    {
        var site = Models.Empty().AddSite();

        Should.Throw<DistributedApplicationException>(() => site.WithHttpEndpoint(port: 1234)).Message.ShouldBe(
            "Resource 'site' has an endpoint named 'http' already. The name may come from the scheme; give one of them another name with name:.");
    }

    [Theory]
    [InlineData(new string[0], DistributedApplicationOperation.Run)]
    [InlineData(new[] { "--operation", "RUN" }, DistributedApplicationOperation.Run)]
    [InlineData(new[] { "--operation", "publish" }, DistributedApplicationOperation.Publish)]
    [InlineData(new[] { "--publisher", "manifest" }, DistributedApplicationOperation.Publish)]
    [InlineData(new[] { "--publisher=manifest" }, DistributedApplicationOperation.Publish)]
    public void The_command_line_chooses_the_mode(string[] args, DistributedApplicationOperation expected)
        => Models.Empty(args).ExecutionContext.Operation.ShouldBe(expected);

    [Fact]
    public void An_unknown_operation_is_refused_with_the_known_ones()
        => Should.Throw<DistributedApplicationException>(() => Models.Empty("--operation", "dance")).Message.ShouldBe(
            "The operation 'dance' is not known. Use --operation run or --operation publish.");

    [Fact]
    public void The_configuration_tells_where_the_AppHost_is()
    {
        var builder = Models.Empty();

        builder.Configuration["AppHost:Directory"].ShouldBe(builder.AppHostDirectory);
        builder.Configuration.GetValue<string>("AppHost:FilePath").ShouldNotBeNull().ShouldStartWith(builder.AppHostDirectory);
    }

    [Fact]
    public void An_endpoint_that_is_not_declared_is_named_with_the_ones_that_are()
    {
        var site = Models.Empty().AddSite();

        Should.Throw<InvalidOperationException>(() => site.GetEndpoint("admin").Url).Message.ShouldBe(
            "The resource 'site' has no endpoint 'admin'. Declare it, or use one of: 'http'.");
    }

    [Fact]
    public void An_address_that_is_read_too_early_says_so()
    {
        var site = Models.Empty().AddSite();

        Should.Throw<InvalidOperationException>(() => site.GetEndpoint("http").Url).Message.ShouldStartWith("The address of endpoint 'http' of resource 'site' is not known yet");
    }

    [Fact]
    public void A_resource_cannot_wait_for_itself()
    {
        var site = Models.Empty().AddSite();

        Should.Throw<DistributedApplicationException>(() => site.WaitFor(site)).Message.ShouldBe("The resource 'site' can't wait for itself. Remove that wait.");
    }

    [Fact]
    public void A_launch_profile_that_is_missing_is_named()
        => Should.Throw<DistributedApplicationException>(() => Models.Empty().AddProject<Models.Site>("site", "staging")).Message.ShouldContain("has no launch profile 'staging'");

    [Fact]
    public void A_launch_profile_gives_endpoints_and_arguments()
    {
        var site = Models.Empty().AddProject<Models.Site>("site", "other");

        site.Resource.GetEndpoints().Select(e => e.EndpointName).ShouldBe(["http", "https"]);
        LaunchProfiles.SplitArguments("--one \"two three\" 'four \"5' six\\ seven").ShouldBe(["--one", "two three", "four \"5", "six seven"]);
    }

    [Fact]
    public async Task Handlers_are_called_in_the_order_they_were_added_and_only_for_their_resource()
    {
        var builder = Models.Empty();
        var site = builder.AddSite();
        var other = builder.AddExecutable("other", "/bin/true", ".");
        List<string> calls = [];
        Task Note(string text)
        {
            calls.Add(text);
            return Task.CompletedTask;
        }

        builder.Eventing.Subscribe<ResourceReadyEvent>((_, _) => Note("any"));
        builder.Eventing.Subscribe<ResourceReadyEvent>(site.Resource, (_, _) => Note("site"));
        builder.Eventing.Subscribe<ResourceReadyEvent>(other.Resource, (_, _) => Note("other"));
        var removed = builder.Eventing.Subscribe<ResourceReadyEvent>((_, _) => Note("removed"));
        builder.Eventing.Unsubscribe(removed);
        await using var app = builder.Build();

        await builder.Eventing.PublishAsync(new ResourceReadyEvent(site.Resource, app.Services), EventDispatchBehavior.BlockingSequential, TestContext.Current.CancellationToken);

        calls.ShouldBe(["any", "site"]);
    }
}
