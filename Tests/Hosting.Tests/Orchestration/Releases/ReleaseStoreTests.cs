using Aspire.Hosting;
using Stack.Hosting.Orchestration.Releases;
using Testing;

namespace Hosting.Tests.Orchestration.Releases;

public sealed class ReleaseStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ReleaseStore _store;

    public ReleaseStoreTests() => _store = new ReleaseStore("site", _folder.File("releases/site"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_release_has_its_name_only_when_it_is_whole()
    {
        var whileMade = new List<string>();
        var release = await Make("v1", draft => whileMade.AddRange(_store.Names().Append(Path.GetFileName(draft)[..7])));

        whileMade.ShouldBe([".draft-"]);
        _store.Names().ShouldBe([release.Name]);
        release.Folder.ShouldBe(_folder.File($"releases/site/{release.Name}"));
        release.Site.RuntimeConfig.ShouldBe(Path.Combine(release.Folder, "Site.runtimeconfig.json"));
        Directory.GetFileSystemEntries(_store.Root).ShouldBe([release.Folder]);
    }

    [Fact]
    public async Task Without_a_label_the_hash_of_the_program_names_it_and_the_same_one_gets_a_number()
    {
        var first = await Make(null, _ => { });
        var second = await Make(null, _ => { });

        first.Name[16..].ShouldMatch("^[0-9a-f]{8}$");
        second.Name.ShouldBe($"{first.Name}-2");
    }

    [Fact]
    public async Task A_self_contained_program_is_told_apart_by_its_assembly()
    {
        async Task<string> Made(string assembly)
        {
            var release = await _store.MakeAsync(null, _time, draft =>
            {
                FakePublisher.Write(draft, assembly);
                File.WriteAllText(Path.Combine(draft, "Site"), "the same host");
                File.WriteAllText(Path.Combine(draft, "Site.runtimeconfig.json"), """{"runtimeOptions":{"includedFrameworks":[]}}""");
                return Task.CompletedTask;
            });
            return release.Name;
        }

        (await Made("one")).ShouldNotBe(await Made("two"));
    }

    [Fact]
    public async Task What_an_earlier_deploy_has_left_half_done_is_removed_by_the_next()
    {
        FakePublisher.Write(_folder.File("releases/site/.draft-12345678"), "half");

        var release = await Make("v1", _ => { });

        Directory.GetFileSystemEntries(_store.Root).ShouldBe([release.Folder]);
    }

    [Fact]
    public async Task Nothing_is_left_of_one_that_can_not_be_made()
    {
        await Should.ThrowAsync<IOException>(() => Make("v1", draft =>
        {
            File.WriteAllText(Path.Combine(draft, "part"), "");
            throw new IOException("No space left on device");
        }));

        Directory.GetFileSystemEntries(_store.Root).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("no program")]
    [InlineData("no config")]
    [InlineData("two programs")]
    [InlineData("empty program")]
    [InlineData("no json")]
    public async Task What_can_not_be_run_is_no_release(string what)
    {
        var failure = await Should.ThrowAsync<DistributedApplicationException>(() => Make("v1", draft => Break(draft, what)));

        failure.Message.ShouldStartWith("Resource 'site': ");
        Directory.GetFileSystemEntries(_store.Root).ShouldBeEmpty();
    }

    [Fact]
    public async Task Others_may_look_into_a_release_whatever_was_copied()
    {
        var release = await Make("v1", draft => File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));

        File.GetUnixFileMode(release.Folder).ShouldBe((UnixFileMode)0b111_101_101);
        File.GetUnixFileMode(_store.Root).ShouldBe((UnixFileMode)0b111_101_101);
        File.GetUnixFileMode(_folder.File("releases")).ShouldBe((UnixFileMode)0b111_101_101);
    }

    [Fact]
    public async Task Releases_are_listed_from_the_newest_and_removed_whole()
    {
        var first = await Make("v1", _ => { });
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = await Make("v2", _ => { });
        Directory.CreateDirectory(_store.BuildFolder);

        _store.Names().ShouldBe([second.Name, first.Name]);
        _store.Remove(first.Name);

        _store.Names().ShouldBe([second.Name]);
        Directory.Exists(first.Folder).ShouldBeFalse();
        _store.Find(first.Name).ShouldBeNull();
        _store.Find($"../site/{second.Name}").ShouldBeNull();
    }

    [Fact]
    public void The_history_is_empty_before_the_first_release_and_is_read_as_it_was_written()
    {
        _store.ReadHistory().ShouldBe(ReleaseHistory.Empty);
        var history = ReleaseHistory.Empty.Deployed("20261128-120005-v1");

        _store.WriteHistory(history);

        var read = _store.ReadHistory();
        read.Current.ShouldBe(history.Current);
        read.Before.ShouldBe(history.Before);
        Directory.GetFiles(_store.Root).ShouldBe([Path.Combine(_store.Root, "current.json")]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"current":"20261128-120005-v1"}""")]
    [InlineData("""{"current":null,"before":[]}""")]
    public async Task A_history_that_is_not_understood_is_told_with_what_to_do(string text)
    {
        var release = await Make("v1", _ => { });
        var file = Path.Combine(_store.Root, "current.json");
        File.WriteAllText(file, text);

        var message = Should.Throw<DistributedApplicationException>(_store.ReadHistory).Message;

        message.ShouldStartWith($"The file '{file}', which says what release of 'site' runs, can't be read: ");
        message.ShouldEndWith($"Its releases are beside it ({release.Name}). Write {{\"current\":\"<release>\",\"before\":[]}} into it, or delete it, which has the AppHost's own build run.");
    }

    private Task<Release> Make(string? label, Action<string> change) => _store.MakeAsync(label, _time, draft =>
    {
        FakePublisher.Write(draft, "a program");
        change(draft);
        return Task.CompletedTask;
    });

    private static void Break(string draft, string what)
    {
        switch (what)
        {
            case "no program":
                File.Delete(Path.Combine(draft, "Site.dll"));
                break;
            case "no config":
                File.Delete(Path.Combine(draft, "Site.runtimeconfig.json"));
                break;
            case "two programs":
                FakePublisher.Write(draft, "another", "Tool");
                break;
            case "empty program":
                File.WriteAllText(Path.Combine(draft, "Site.dll"), "");
                break;
            default:
                File.WriteAllText(Path.Combine(draft, "Site.runtimeconfig.json"), "{");
                break;
        }
    }
}
