using System.Text;
using Aspire.Hosting;
using Stack.Hosting.Nginx.Runtime;

namespace Stack.Hosting.Nginx.Tests.Runtime;

public sealed class ConfigFolderTests : IDisposable
{
    private readonly TempFolder _temp = new();

    private ConfigFolder Folder => new(Path.Combine(_temp.Path, "nginx"), TimeProvider.System);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_version_holds_both_parts_and_others_may_read_it()
    {
        var version = Folder.Write(HandWritten(("nginx.conf", "a"), ("errors/502.html", "b")), Generated("c"));

        File.ReadAllText(Path.Combine(version, "nginx.conf")).ShouldBe("a");
        File.ReadAllText(Path.Combine(version, "errors/502.html")).ShouldBe("b");
        File.ReadAllText(Path.Combine(version, "stack/http.conf")).ShouldBe("c");
        File.GetUnixFileMode(version).HasFlag(UnixFileMode.OtherExecute).ShouldBeTrue();
        File.GetUnixFileMode(Path.Combine(version, "errors")).HasFlag(UnixFileMode.OtherExecute).ShouldBeTrue();
        File.GetUnixFileMode(Path.Combine(version, "errors/502.html")).HasFlag(UnixFileMode.OtherRead).ShouldBeTrue();
        File.GetUnixFileMode(Path.Combine(_temp.Path, "nginx", "tmp")).HasFlag(UnixFileMode.OtherExecute).ShouldBeTrue();
    }

    [Fact]
    public void A_private_file_stays_private()
    {
        var version = Folder.Write(new Dictionary<string, HandWrittenFile> { ["site.key"] = new([1], IsPrivate: true) }, Generated("c"));

        File.GetUnixFileMode(Path.Combine(version, "site.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void The_same_content_is_the_same_version_and_another_is_another()
    {
        var first = Folder.Write(HandWritten(("nginx.conf", "a")), Generated("c"));

        Folder.Write(HandWritten(("nginx.conf", "a")), Generated("c")).ShouldBe(first);
        Folder.Write(HandWritten(("nginx.conf", "a")), Generated("d")).ShouldNotBe(first);
        Folder.Write(HandWritten(("nginx.conf", "b")), Generated("c")).ShouldNotBe(first);
        Folder.Write(HandWritten(("other.conf", "a")), Generated("c")).ShouldNotBe(first);
    }

    [Fact]
    public void A_version_that_was_edited_by_hand_is_written_again()
    {
        var version = Folder.Write(HandWritten(("nginx.conf", "a")), Generated("c"));
        File.WriteAllText(Path.Combine(version, "nginx.conf"), "edited");
        File.WriteAllText(Path.Combine(version, "added"), "x");

        Folder.Write(HandWritten(("nginx.conf", "a")), Generated("c"));

        File.ReadAllText(Path.Combine(version, "nginx.conf")).ShouldBe("a");
        File.Exists(Path.Combine(version, "added")).ShouldBeFalse();
    }

    [Fact]
    public void The_link_to_the_current_version_is_relative_and_is_replaced()
    {
        var first = Folder.Write(HandWritten(("nginx.conf", "a")), Generated("c"));
        Folder.Use(first);
        var second = Folder.Write(HandWritten(("nginx.conf", "b")), Generated("c"));
        Folder.Use(second);

        new FileInfo(Folder.Current).LinkTarget.ShouldBe($"conf/{Path.GetFileName(second)}");
        File.ReadAllText(Path.Combine(Folder.Current, "nginx.conf")).ShouldBe("b");
        Directory.GetFileSystemEntries(Path.GetDirectoryName(Folder.Current)!).Select(Path.GetFileName).ShouldBe(["conf", "current", "tmp"], ignoreOrder: true);
    }

    [Fact]
    public void Something_else_in_the_place_of_the_link_is_an_error_that_names_it()
    {
        var version = Folder.Write(HandWritten(("nginx.conf", "a")), Generated("c"));
        _temp.Write("nginx/current/file", "x");

        Should.Throw<DistributedApplicationException>(() => Folder.Use(version)).Message
            .ShouldStartWith($"The link '{Folder.Current}' can't be set to Nginx's new configuration: ");
    }

    [Fact]
    public void Ten_versions_are_kept()
    {
        for (var number = 0; number < 13; number++)
        {
            var version = Folder.Write(HandWritten(("nginx.conf", $"{number}")), Generated("c"));
            Directory.SetLastWriteTimeUtc(version, DateTime.UnixEpoch.AddDays(number));
            Folder.Use(version);
        }

        Directory.GetDirectories(Path.Combine(_temp.Path, "nginx", "conf")).Select(version => File.ReadAllText(Path.Combine(version, "nginx.conf")))
            .ShouldBe(Enumerable.Range(3, 10).Select(number => $"{number}"), ignoreOrder: true);
    }

    private static Dictionary<string, HandWrittenFile> HandWritten(params (string Path, string Text)[] files) =>
        files.ToDictionary(file => file.Path, file => new HandWrittenFile(Encoding.UTF8.GetBytes(file.Text)));

    private static Dictionary<string, string> Generated(string http) => new() { ["stack/http.conf"] = http };
}
