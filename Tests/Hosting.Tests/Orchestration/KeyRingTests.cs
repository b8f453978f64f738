using Microsoft.AspNetCore.DataProtection;
using Stack.Hosting.Orchestration;
using Testing;

namespace Hosting.Tests.Orchestration;

public sealed class KeyRingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stack-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_key_is_made_once_and_replicas_make_no_other()
    {
        KeyRing.EnsureKey(_folder, TimeProvider.System);
        KeyRing.EnsureKey(_folder, TimeProvider.System);

        var protectedText = Replica().Protect("from one");
        Replica().Unprotect(protectedText).ShouldBe("from one");

        Directory.GetFiles(_folder, "key-*.xml").Length.ShouldBe(1);
    }

    [Fact]
    public void A_ring_whose_key_is_about_to_end_gets_another()
    {
        var time = new ManualTimeProvider();
        KeyRing.EnsureKey(_folder, time);
        time.Advance(TimeSpan.FromDays(87));
        KeyRing.EnsureKey(_folder, time);
        Directory.GetFiles(_folder, "key-*.xml").Length.ShouldBe(1);

        time.Advance(TimeSpan.FromDays(2));
        KeyRing.EnsureKey(_folder, time);

        Directory.GetFiles(_folder, "key-*.xml").Length.ShouldBe(2);
    }

    [Fact]
    public async Task AppHosts_that_share_a_folder_and_start_at_once_make_one_key()
    {
        using var states = new TempFolder();
        var folder = Path.Combine(_folder, "shared");

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            using var state = StateFolder.Open(states.File($"{i}"), folder);
            await KeyRing.EnsureSharedAsync(state, TimeProvider.System, TestContext.Current.CancellationToken);
        })));

        Directory.GetFiles(folder, "key-*.xml").ShouldHaveSingleItem();
        File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Exists(states.File("0/keys")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_folder_that_can_not_be_had_is_named_with_its_setting()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("file"), "");
        using var state = StateFolder.Open(folder.File("state"), folder.File("file/keys"));

        var refused = await Should.ThrowAsync<Aspire.Hosting.DistributedApplicationException>(() => KeyRing.EnsureSharedAsync(state, TimeProvider.System, TestContext.Current.CancellationToken));

        refused.Message.ShouldStartWith("The key ring of the sites can't be used: ");
        refused.Message.ShouldContain(folder.File("file"));
        refused.Message.ShouldEndWith("or name another one with Stack:Keys.");
    }

    private IDataProtector Replica()
        => DataProtectionProvider.Create(new DirectoryInfo(_folder), b => b.SetApplicationName("site")).CreateProtector("test");
}
