using System.Text;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Hosting.Tests.Building;

public sealed class FilesTests : IDisposable
{
    private readonly Testing.TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_store_names_a_file_by_its_contents()
    {
        var store = new AspireStore(_folder.Path);
        store.BasePath.ShouldBe(Path.Combine(_folder.Path, ".aspire"));
        Directory.Exists(store.BasePath).ShouldBeFalse("nothing is made before it is needed");

        var first = store.GetFileNameWithContent("setup.sh", Content("echo 1"));

        Path.GetDirectoryName(first).ShouldBe(store.BasePath);
        Path.GetFileName(first).ShouldMatch(@"^setup\.[0-9a-f]{12}\.sh$");
        File.ReadAllText(first).ShouldBe("echo 1");
        store.GetFileNameWithContent("setup.sh", Content("echo 1")).ShouldBe(first);
        store.GetFileNameWithContent("setup.sh", Content("echo 2")).ShouldNotBe(first);
        store.GetFileNameWithContent("other.sh", Content("echo 1")).ShouldNotBe(first);
        Directory.GetFiles(store.BasePath).Length.ShouldBe(3, "no draft is left");
    }

    [Fact]
    public void The_store_leads_no_file_out_of_its_folder()
        => Path.GetDirectoryName(new AspireStore(_folder.Path).GetFileNameWithContent("../../a.txt", Content("x"))).ShouldBe(Path.Combine(_folder.Path, ".aspire"));

    [Fact]
    public void The_store_copies_a_file()
    {
        var source = Path.Combine(_folder.Path, "source.txt");
        File.WriteAllText(source, "hello");

        File.ReadAllText(new AspireStore(_folder.Path).GetFileNameWithContent("copy.txt", source)).ShouldBe("hello");
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
        => Should.Throw<FileNotFoundException>(() => new AspireStore(_folder.Path).GetFileNameWithContent("copy.txt", "/nowhere/a.txt")).Message.ShouldBe(
            "The file '/nowhere/a.txt' can't be copied into the store: it does not exist. Correct the path.");

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void A_name_is_needed(string name)
        => Should.Throw<ArgumentException>(() => new AspireStore(_folder.Path).GetFileNameWithContent(name, Content("x")));

    [Fact]
    public void A_temporary_folder_is_for_the_owner_and_goes_when_it_is_disposed()
    {
        var files = new TempFiles();
        string path;
        using (var folder = files.CreateTempSubdirectory("stack-test-"))
        {
            path = folder.Path;
            Path.GetFileName(path).ShouldStartWith("stack-test-");
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.WriteAllText(Path.Combine(path, "a"), "b");
        }

        Directory.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public void A_temporary_file_has_its_name_and_goes_when_it_is_disposed()
    {
        var files = new TempFiles();
        string path;
        using (var file = files.CreateTempFile("settings.json"))
        {
            path = file.Path;
            Path.GetFileName(path).ShouldBe("settings.json");
            File.ReadAllText(path).ShouldBe("");
        }

        File.Exists(path).ShouldBeFalse();
        Directory.Exists(Path.GetDirectoryName(path)).ShouldBeFalse();
        using var other = files.CreateTempFile();
        File.Exists(other.Path).ShouldBeTrue();
    }

    [Fact]
    public void What_was_not_disposed_goes_at_the_end()
    {
        var files = new TempFiles();
        var folder = files.CreateTempSubdirectory().Path;
        var file = files.CreateTempFile().Path;

        files.Dispose();

        Directory.Exists(folder).ShouldBeFalse();
        File.Exists(file).ShouldBeFalse();
    }

    [Theory]
    [InlineData("a/b.txt")]
    [InlineData("../b.txt")]
    [InlineData("")]
    public void A_temporary_file_is_not_put_into_another_folder(string name)
        => Should.Throw<ArgumentException>(() => new TempFiles().CreateTempFile(name)).Message.ShouldBe(
            $"The temporary file '{name}' can't be made: its name must be one without a folder. (Parameter 'fileName')");

    private static MemoryStream Content(string text) => new(Encoding.UTF8.GetBytes(text));
}
