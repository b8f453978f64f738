using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Publishing;

public sealed class DeploymentTargetTests
{
    private readonly IDistributedApplicationBuilder _builder = Models.Empty("--operation", "publish");

    [Fact]
    public void A_resource_that_is_deployed_nowhere_has_no_target()
        => _builder.AddSite().Resource.GetDeploymentTargetAnnotation().ShouldBeNull();

    [Fact]
    public void The_only_target_is_the_target()
    {
        var (site, one) = (_builder.AddSite(), Environment("one"));
        var target = Deploy(site, one);

        site.Resource.GetDeploymentTargetAnnotation().ShouldBeSameAs(target);
        site.Resource.GetDeploymentTargetAnnotation(one.Resource).ShouldBeSameAs(target);
    }

    [Fact]
    public void Of_several_targets_the_chosen_environments_counts()
    {
        var (site, one, two) = (_builder.AddSite(), Environment("one"), Environment("two"));
        Deploy(site, one);
        var target = Deploy(site, two);

        site.WithComputeEnvironment(two);

        site.Resource.GetComputeEnvironment().ShouldBeSameAs(two.Resource);
        site.Resource.GetDeploymentTargetAnnotation().ShouldBeSameAs(target);
    }

    [Fact]
    public void The_caller_may_ask_for_another_environment()
    {
        var (site, one, two) = (_builder.AddSite(), Environment("one"), Environment("two"));
        var target = Deploy(site, one);
        Deploy(site, two);
        site.WithComputeEnvironment(two);

        site.Resource.GetDeploymentTargetAnnotation(one.Resource).ShouldBeSameAs(target);
    }

    [Fact]
    public void A_resource_of_another_environment_has_no_target_in_this_one()
    {
        var (site, one, two) = (_builder.AddSite(), Environment("one"), Environment("two"));
        Deploy(site, one);

        site.Resource.GetDeploymentTargetAnnotation(two.Resource).ShouldBeNull();
    }

    [Fact]
    public void Several_targets_without_a_choice_are_an_error_that_names_them()
    {
        var site = _builder.AddSite();
        Deploy(site, Environment("one"));
        Deploy(site, Environment("two"));

        Should.Throw<InvalidOperationException>(() => site.Resource.GetDeploymentTargetAnnotation())
            .Message.ShouldBe("Resource 'site' can be deployed to several environments: 'one', 'two'. Choose one with WithComputeEnvironment.");
    }

    [Fact]
    public void The_last_choice_counts()
    {
        var (site, one, two) = (_builder.AddSite(), Environment("one"), Environment("two"));

        site.WithComputeEnvironment(one).WithComputeEnvironment(two);

        site.Resource.Annotations.OfType<ComputeEnvironmentAnnotation>().Single().ComputeEnvironment.ShouldBeSameAs(two.Resource);
    }

    [Fact]
    public void An_environment_that_knows_no_hosts_says_so()
        => Should.Throw<NotSupportedException>(() => ((IComputeEnvironmentResource)Environment("one").Resource).GetHostAddressExpression(_builder.AddSite().GetEndpoint("http")))
            .Message.ShouldBe("The environment 'one' can't say by which host 'site' is reached.");

    private static DeploymentTargetAnnotation Deploy(IResourceBuilder<ProjectResource> site, IResourceBuilder<Cluster> environment)
    {
        var target = new DeploymentTargetAnnotation(environment.Resource) { ComputeEnvironment = environment.Resource };
        site.WithAnnotation(target);
        return target;
    }

    private IResourceBuilder<Cluster> Environment(string name) => _builder.AddResource(new Cluster(name));

    private sealed class Cluster(string name) : Resource(name), IComputeEnvironmentResource;
}
