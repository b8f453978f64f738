using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration.Releases;
using Testing;

namespace Hosting.Tests.Orchestration.Releases;

public sealed class ReleasePublisherTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_project_that_is_not_on_this_machine_is_published_elsewhere()
        => (await Refused(b => b.AddSite())).ShouldBe(
            $"Resource 'site': the project file '{new Models.Site().ProjectPath}' does not exist on this machine. Publish it where it is built, and deploy the folder: stack deploy site --from <folder>");

    [Fact]
    public async Task Of_a_published_folder_there_is_nothing_to_build()
    {
        FakePublisher.Write(_folder.File("out"), "a site");

        (await Refused(b => b.AddProject("site", _folder.File("out")))).ShouldBe(
            "Resource 'site' runs from a folder that it was published to, so there is nothing here to build. Publish it where it is built, and deploy the folder: stack deploy site --from <folder>");
    }

    [Fact]
    public async Task What_the_AppHost_itself_runs_has_to_be_there()
    {
        var builder = Models.Empty();
        builder.AddSite();
        var publisher = new ReleasePublisher(() => throw new InvalidOperationException("nothing is to be built"));

        (await Should.ThrowAsync<DistributedApplicationException>(() => publisher.EnsureBuildAsync(Plans.Of(builder).Resources.Single(), CancellationToken.None))).Message.ShouldBe(
            $"Resource 'site': the built assembly '{new Models.Site().TargetPath}' does not exist. Build it: dotnet build \"{new Models.Site().ProjectPath}\"");
    }

    private static async Task<string> Refused(Func<IDistributedApplicationBuilder, IResourceBuilder<ProjectResource>> add)
    {
        var builder = Models.Empty();
        add(builder);
        var publisher = new ReleasePublisher(() => throw new InvalidOperationException("nothing is to be built"));
        return (await Should.ThrowAsync<DistributedApplicationException>(() => publisher.PublishAsync(Plans.Of(builder).Resources.Single(), "/nowhere/out", "/nowhere/build", CancellationToken.None))).Message;
    }
}
