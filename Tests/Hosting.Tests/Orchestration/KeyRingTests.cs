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

    private IDataProtector Replica()
        => DataProtectionProvider.Create(new DirectoryInfo(_folder), b => b.SetApplicationName("site")).CreateProtector("test");
}
