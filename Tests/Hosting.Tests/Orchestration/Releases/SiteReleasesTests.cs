using Aspire.Hosting;
using Stack.Hosting.Allocation;
using Stack.Hosting.Building;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Orchestration.Releases;
using Testing;

namespace Hosting.Tests.Orchestration.Releases;

public sealed class SiteReleasesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger _logger = new();
    private readonly FakePublisher _publisher = new();
    private readonly ResourcePlan _plan;
    private readonly SiteReleases _site;

    public SiteReleasesTests()
    {
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(2).WithSequentialPorts(8001);
        _plan = Plans.Of(builder).Resources.Single();
        _site = Open();
    }

    private string Root => _folder.File("state/releases/site");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_is_copied_with_all_that_is_in_it_and_links_as_what_they_lead_to()
    {
        var source = Published("out");
        Directory.CreateDirectory(Path.Combine(source, "wwwroot/css"));
        File.WriteAllText(Path.Combine(source, "wwwroot/css/site.css"), "body {}");
        File.CreateSymbolicLink(Path.Combine(source, "linked.json"), Path.Combine(source, "Site.dll"));
        Directory.CreateSymbolicLink(_folder.File("current"), source);

        var release = (await _site.MakeAsync(new DeployOrder(_folder.File("current") + "/", "v1"), Cancelled)).Target!;
        Directory.Delete(source, recursive: true);

        File.ReadAllText(Path.Combine(release.Folder, "wwwroot/css/site.css")).ShouldBe("body {}");
        File.ReadAllText(Path.Combine(release.Folder, "linked.json")).ShouldBe("out");
        new FileInfo(Path.Combine(release.Folder, "linked.json")).LinkTarget.ShouldBeNull();
    }

    [Fact]
    public async Task Folders_that_can_not_be_deployed_are_refused_with_the_reason_before_anything_is_made()
    {
        var release = await Deploy("v1");
        var made = Directory.GetFileSystemEntries(Root);
        Published("two");
        FakePublisher.Write(_folder.File("two"), "another", "Tool");
        Directory.CreateDirectory(_folder.File("empty"));
        FakePublisher.Write(_folder.File("state"), "a site around the state folder");

        (await Refused("out")).ShouldBe("The folder 'out' has to be a full path.");
        (await Refused(_folder.File("none"))).ShouldContain("does not exist.");
        (await Refused(_folder.File("empty"))).ShouldContain("so there is nothing to run.");
        (await Refused(_folder.File("two"))).ShouldContain("has 2 published programs (Site.runtimeconfig.json, Tool.runtimeconfig.json).");
        (await Refused(release.Folder)).ShouldContain("is one of the releases themselves; 'stack rollback site --to <release>' goes to one of them.");
        (await Refused(Path.Combine(Root, "../site", release.Name, "."))).ShouldContain("is one of the releases themselves");
        (await Refused(_folder.File("state"))).ShouldContain("has the AppHost's state in it");
        Directory.GetFileSystemEntries(Root).ShouldBe(made);
    }

    [Fact]
    public async Task A_link_to_a_folder_is_refused_and_nothing_is_left()
    {
        var source = Published("out");
        Directory.CreateSymbolicLink(Path.Combine(source, "loop"), source);

        (await Should.ThrowAsync<DistributedApplicationException>(() => _site.MakeAsync(new DeployOrder(source, null), Cancelled))).Message.ShouldBe(
            $"Resource 'site': '{Path.Combine(source, "loop")}' is a link to a folder. A release has to be whole: put the folder itself there.");

        Directory.GetFileSystemEntries(Root).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../../../etc")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task A_label_that_could_lead_elsewhere_is_refused(string label)
    {
        var refused = await Should.ThrowAsync<InvalidSettingException>(() => _site.MakeAsync(new DeployOrder(null, label), Cancelled));

        refused.Setting.ShouldBe("name");
        refused.Message.ShouldBe($"'{label}' can't be the name of a release; it takes letters, digits, '.', '_' and '-', at most 40, the first one a letter or digit.");
    }

    [Fact]
    public async Task In_production_the_next_AppHost_runs_the_release_and_says_so()
    {
        var release = await Deploy("v1");

        var next = Open();

        next.Targets.For("site-8001").ShouldBe(release);
        next.FoldersInUse(null, []).ShouldBe([release.Folder]);
        _logger.Entries.Last(e => e.Id == 3311).Message.ShouldBe($"Resource 'site' runs release {release.Name}, in '{release.Folder}'.");
    }

    [Fact]
    public async Task In_development_the_sources_run_again_and_the_release_is_the_one_before()
    {
        var release = await Deploy("v1");

        var next = Open(development: true);

        next.Targets.For("site-8001").ShouldBeNull();
        (next.Current, (await next.BackAsync(null, Cancelled)).Target).ShouldBe(("build", release));
        _logger.Entries.ShouldContain(e => e.Id == 3312);
        Open(development: true).Current.ShouldBe("build");
    }

    [Fact]
    public async Task Old_releases_go_but_never_the_current_one_the_one_before_or_one_that_runs()
    {
        var releases = new List<Release>();
        for (var i = 1; i <= 6; i++)
        {
            releases.Add(await Deploy($"v{i}"));
        }

        _site.Use((await _site.BackAsync("v2", Cancelled)).After); // before it: v1

        _site.Prune([releases[2].Folder]);

        Directory.GetDirectories(Root, "2*").Select(d => d[^2..]).Order(StringComparer.Ordinal).ShouldBe(["v1", "v2", "v3", "v4", "v5", "v6"]);
        _site.Use((await _site.BackAsync("v6", Cancelled)).After); // before it: v2
        _site.Prune([releases[2].Folder]);
        Directory.GetDirectories(Root, "2*").Select(d => d[^2..]).Order(StringComparer.Ordinal).ShouldBe(["v2", "v3", "v4", "v5", "v6"]);
        _logger.Entries.Count(e => e.Id == 3314).ShouldBe(1);
    }

    [Fact]
    public async Task A_release_that_is_gone_is_passed_over_on_the_way_back()
    {
        var (first, second) = (await Deploy("v1"), await Deploy("v2"));
        await Deploy("v3");
        Directory.Delete(second.Folder, recursive: true);

        (await _site.BackAsync(null, Cancelled)).Target.ShouldBe(first);
    }

    [Fact]
    public async Task Where_there_is_nothing_to_go_back_to_the_reason_is_told_with_what_there_is()
    {
        (await Should.ThrowAsync<DistributedApplicationException>(() => _site.BackAsync(null, Cancelled))).Message.ShouldBe(
            "There is no release of 'site' before 'build'. None was made yet: 'stack deploy site' makes one.");
        var release = await Deploy("v1");
        _publisher.NoBuild = "Resource 'site': the built assembly '/src/site.dll' does not exist. Build it: dotnet build \"/src\"";

        (await Should.ThrowAsync<DistributedApplicationException>(() => _site.BackAsync(null, Cancelled))).Message.ShouldBe(_publisher.NoBuild);
        var unknown = await Should.ThrowAsync<InvalidSettingException>(() => _site.BackAsync("v2", Cancelled));
        (unknown.Setting, unknown.Message).ShouldBe(("to", $"There is no release 'v2' of 'site'. There are: {release.Name}; and 'build', what the AppHost itself runs."));
        (await Should.ThrowAsync<InvalidSettingException>(() => _site.BackAsync("v1", Cancelled))).Message.ShouldStartWith($"'site' is at '{release.Name}' already. ");
        (await Should.ThrowAsync<InvalidSettingException>(() => _site.BackAsync("../../etc", Cancelled))).Message.ShouldStartWith("There is no release '../../etc' of 'site'. ");
    }

    [Fact]
    public async Task A_label_that_two_have_has_to_be_told_in_full()
    {
        var (first, second) = (await Deploy("v1"), await Deploy("v1"));
        await Deploy("v2");

        (await Should.ThrowAsync<InvalidSettingException>(() => _site.BackAsync("v1", Cancelled))).Message.ShouldBe(
            $"Several releases of 'site' are called 'v1': {second.Name}, {first.Name}. Name one of them in full.");
        (await _site.BackAsync(first.Name, Cancelled)).Target.ShouldBe(first);
    }

    [Fact]
    public async Task The_list_tells_what_is_current_what_was_before_and_who_runs_what()
    {
        var (first, second) = (await Deploy("v1"), await Deploy("v2"));

        var list = _site.List([("site-8001", $"dotnet {first.Folder}/Site.dll"), ("site-8002", "dotnet /src/bin/Site.dll"), ("site-8003", "")]);

        (list.Resource, list.Current, list.Previous).ShouldBe(("site", second.Name, first.Name));
        list.Releases.Select(r => (r.Name, r.Current, r.Previous, string.Join(' ', r.Replicas))).ShouldBe(
            [(second.Name, true, false, ""), (first.Name, false, true, "site-8001"), ("build", false, false, "site-8002")]);
        list.Releases[0].MadeAt.ShouldBe(second.MadeAt);
    }

    private SiteReleases Open(bool development = false)
    {
        var site = new SiteReleases(_plan, new ReleaseStore("site", Root), 3, _publisher, _time, _logger);
        site.Open(development);
        return site;
    }

    private async Task<Release> Deploy(string label)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        var move = await _site.MakeAsync(new DeployOrder(null, label), Cancelled);
        _site.Use(move.After);
        return move.Target!;
    }

    private string Published(string name)
    {
        FakePublisher.Write(_folder.File(name), name);
        return _folder.File(name);
    }

    private async Task<string> Refused(string folder)
    {
        var refused = await Should.ThrowAsync<InvalidSettingException>(() => _site.MakeAsync(new DeployOrder(folder, null), Cancelled));
        refused.Setting.ShouldBe("folder");
        return refused.Message;
    }
}
