using Aspire.Hosting;
using Stack.Hosting.Publishing.Output;
using Testing;

namespace Hosting.Tests.Publishing.Output;

/// <summary>What is overwritten, what is kept, and what stops a publish before anything is written.</summary>
public sealed class OutputFolderTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private int _made;

    private string Folder => _temp.File("out");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Publishing_twice_changes_nothing()
    {
        Write(File("a.conf", "1"), File("bin/run.sh", "#!/bin/sh", executable: true)).Written.ShouldBe(["a.conf", "bin/run.sh"]);
        var before = Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => (f, System.IO.File.ReadAllText(f), System.IO.File.GetLastWriteTimeUtc(f))).ToList();

        var again = Write(File("a.conf", "1"), File("bin/run.sh", "#!/bin/sh", executable: true));

        (again.Written.Count, again.Unchanged, again.Removed.Count).ShouldBe((0, 2, 0));
        Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => (f, System.IO.File.ReadAllText(f), System.IO.File.GetLastWriteTimeUtc(f))).ShouldBe(before);
    }

    [Fact]
    public void What_has_changed_is_replaced_and_what_is_gone_removed()
    {
        Write(File("a.conf", "1"), File("b.conf", "1"), File("c.conf", "1"));
        Edit("c.conf");

        var written = Write(File("a.conf", "2"));

        written.Written.ShouldBe(["a.conf"]);
        written.Removed.ShouldBe(["b.conf"]);
        Read("a.conf").ShouldBe("2");
        Read("c.conf").ShouldBe("edited");
        written.Warnings.ShouldBe(["'c.conf' is not part of the output any more, and was edited: it is kept. Remove it if it is not needed."]);
    }

    [Fact]
    public void Edited_files_stop_it_before_anything_is_written()
    {
        Write(File("a.conf", "1"), File("b.conf", "1"));
        Edit("b.conf");

        var error = Should.Throw<EditedFilesException>(() => Write(File("a.conf", "2"), File("b.conf", "2")));

        error.Message.ShouldStartWith($"These generated files in '{Folder}' were edited, and nothing was written: b.conf.");
        (Read("a.conf"), Read("b.conf")).ShouldBe(("1", "edited"));
        Write(force: true, File("a.conf", "2"), File("b.conf", "2"));
        (Read("a.conf"), Read("b.conf")).ShouldBe(("2", "2"));
    }

    [Fact]
    public void A_folder_of_somebody_else_is_left_alone()
    {
        Directory.CreateDirectory(Folder);
        System.IO.File.WriteAllText(Path.Combine(Folder, "notes.txt"), "mine");

        Should.Throw<DistributedApplicationException>(() => Write(File("a.conf", "1"))).Message
            .ShouldBe($"'{Folder}' is not empty, and what is in it was not published. Choose another folder, or give --force: files of the same names are then replaced.");
        Directory.GetFileSystemEntries(Folder).Length.ShouldBe(1);
        Write(force: true, File("a.conf", "1"));
        Read("notes.txt").ShouldBe("mine");
    }

    [Fact]
    public void Two_targets_do_not_share_a_folder()
    {
        Write(File("a.conf", "1"));

        Should.Throw<DistributedApplicationException>(() => new OutputFolder(Folder, "compose", force: false).Write(new PublishOutput([], null, []))).Message
            .ShouldBe($"'{Folder}' holds the output of 'systemd'. Publish 'compose' into a folder of its own.");
    }

    [Fact]
    public void The_users_file_gets_what_is_missing_and_is_never_changed()
    {
        Seed(Key("A", "1")).Seed!.Added.ShouldBe(["A"]);
        Path.Combine(Folder, "secrets.env").ShouldSatisfyAllConditions(f => Mode(f).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        System.IO.File.WriteAllText(Path.Combine(Folder, "secrets.env"), "# my note\nA='changed'\nOLD=x");

        var seed = Seed(Key("A", "1"), Key("B", "2"), Key("C", null));

        Read("secrets.env").ShouldBe("# my note\nA='changed'\nOLD=x\n\n# what B is\nB='2'\n\n# what C is\nC=''\n");
        seed.Seed!.Empty.ShouldBe(["C"]);
        seed.Warnings.ShouldBe(["'OLD' in 'secrets.env' is not used any more. It is kept; remove the line if it is not needed."]);
        _made.ShouldBe(2, "a value is made up only for a key that is missing");
    }

    [Fact]
    public void A_secret_that_others_could_read_is_closed()
    {
        Seed(Key("A", "1"));
        System.IO.File.SetUnixFileMode(Path.Combine(Folder, "secrets.env"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Seed(Key("A", "1")).Warnings.ShouldBe(["'secrets.env' could be read by others; now only by you."]);
        Mode(Path.Combine(Folder, "secrets.env")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Scripts_can_be_run_and_other_files_not()
    {
        Write(File("a.conf", "1"), File("run.sh", "#!/bin/sh", executable: true));

        Mode(Path.Combine(Folder, "run.sh")).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
        Mode(Path.Combine(Folder, "a.conf")).HasFlag(UnixFileMode.UserExecute).ShouldBeFalse();
    }

    private static UnixFileMode Mode(string file) => System.IO.File.GetUnixFileMode(file);

    private static PublishedFile File(string path, string text, bool executable = false) => new(path, text, executable);

    private SeedKey Key(string name, string? value) => new(name, [$"what {name} is"], value is null ? null : () =>
    {
        _made++;
        return value;
    });

    private WrittenOutput Seed(params SeedKey[] keys) => new OutputFolder(Folder, "systemd", force: false).Write(new PublishOutput([], new SeedFile("secrets.env", EnvDialect.Quoted, keys), []));

    private WrittenOutput Write(params PublishedFile[] files) => Write(force: false, files);

    private WrittenOutput Write(bool force, params PublishedFile[] files) => new OutputFolder(Folder, "systemd", force).Write(new PublishOutput(files, null, []));

    private void Edit(string path) => System.IO.File.WriteAllText(Path.Combine(Folder, path), "edited");

    private string Read(string path) => System.IO.File.ReadAllText(Path.Combine(Folder, path));
}
