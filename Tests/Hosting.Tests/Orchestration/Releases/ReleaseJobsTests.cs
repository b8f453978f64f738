using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration.Releases;

namespace Hosting.Tests.Orchestration.Releases;

public sealed class ReleaseJobsTests
{
    [Fact]
    public void What_a_site_waits_for_to_complete_and_is_of_its_project_is_a_job_of_it_in_the_order_of_their_waits()
    {
        var builder = Models.Empty();
        var schema = Job(builder, "schema");
        var seed = Job(builder, "seed").WaitForCompletion(schema);
        var site = builder.AddSite().WaitForCompletion(seed, exitCode: 3).WaitForCompletion(schema);

        ReleaseJobs.Of(site.Resource).ShouldBe([new ReleaseJob(schema.Resource, 0), new ReleaseJob(seed.Resource, 3)]);
        ReleaseJobs.Of(schema.Resource).ShouldBeEmpty();
    }

    [Fact]
    public void What_serves_is_started_by_hand_is_waited_for_in_another_way_or_is_another_program_is_none()
    {
        var builder = Models.Empty();
        var site = builder.AddSite()
            .WaitForCompletion(builder.AddSite("serves"))
            .WaitForCompletion(Job(builder, "by-hand").WithExplicitStart())
            .WaitFor(Job(builder, "runs"))
            .WaitForCompletion(builder.AddExecutable("tool", "/bin/true", "/"))
            .WaitForCompletion(builder.AddProject<Other>("other", launchProfileName: null));

        ReleaseJobs.Of(site.Resource).ShouldBeEmpty();
    }

    private static IResourceBuilder<ProjectResource> Job(IDistributedApplicationBuilder builder, string name) => builder.AddProject<Models.Site>(name, launchProfileName: null);

    private sealed class Other : IProjectMetadata, IProjectOutput
    {
        public string ProjectPath { get; } = Path.Combine(Path.GetTempPath(), "Other", "Other.csproj");

        public string TargetPath { get; } = Path.Combine(Path.GetTempPath(), "Other", "bin", "Other.dll");
    }
}
