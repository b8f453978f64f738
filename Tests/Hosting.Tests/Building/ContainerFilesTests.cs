using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Testing;

namespace Hosting.Tests.Building;

/// <summary>Volumes, bind mounts and files of containers in the model.</summary>
public sealed class ContainerFilesTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Volumes_have_a_name_or_none()
    {
        var cache = Models.Empty().AddContainer("cache", "redis").WithVolume("data", "/data").WithVolume("shared", "/shared", isReadOnly: true).WithVolume("/scratch");

        cache.Resource.TryGetContainerMounts(out var mounts).ShouldBeTrue();
        mounts!.Select(m => (m.Source, m.Target, m.Type, m.IsReadOnly)).ShouldBe(
        [
            ("data", "/data", ContainerMountType.Volume, false),
            ("shared", "/shared", ContainerMountType.Volume, true),
            (null, "/scratch", ContainerMountType.Volume, false),
        ]);
    }

    [Fact]
    public void A_container_without_mounts_has_none()
        => Models.Empty().AddContainer("cache", "redis").Resource.TryGetContainerMounts(out _).ShouldBeFalse();

    [Theory]
    [InlineData("config", "config")]
    [InlineData("./config/../other", "other")]
    public void A_bind_mount_starts_at_the_AppHosts_folder(string source, string below)
    {
        var builder = Models.Empty();
        var cache = builder.AddContainer("cache", "redis").WithBindMount(source, "/etc/redis", isReadOnly: true);

        var mount = cache.Resource.Annotations.OfType<ContainerMountAnnotation>().Single();
        (mount.Source, mount.Target, mount.Type, mount.IsReadOnly).ShouldBe((Path.Combine(builder.AppHostDirectory, below), "/etc/redis", ContainerMountType.BindMount, true));
    }

    [Fact]
    public void A_volume_that_nobody_can_ever_write_is_refused()
        => Should.Throw<ArgumentException>(() => Models.Empty().AddContainer("cache", "redis").WithVolume(null, "/data", isReadOnly: true)).Message.ShouldBe(
            "The volume at '/data' has no name and is read-only, so it would be empty for ever. Give it a name, or let it be written. (Parameter 'isReadOnly')");

    [Fact]
    public void A_relative_source_is_refused_by_the_annotation()
        => Should.Throw<ArgumentException>(() => new ContainerMountAnnotation("config", "/etc/redis", ContainerMountType.BindMount, isReadOnly: false)).Message.ShouldBe(
            "The source 'config' of the bind mount at '/etc/redis' is not an absolute path. Give the full path, or use WithBindMount, which starts at the AppHost's folder. (Parameter 'source')");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_bind_mount_without_a_source_is_refused(string? source)
        => Should.Throw<ArgumentNullException>(() => new ContainerMountAnnotation(source, "/etc/redis", ContainerMountType.BindMount, isReadOnly: false)).Message.ShouldBe(
            "The bind mount at '/etc/redis' has no source. Give the path of a file or folder of this machine. (Parameter 'source')");

    [Fact]
    public async Task Files_are_given_as_they_are_or_by_a_callback()
    {
        var file = new ContainerFile { Name = "redis.conf", Contents = "save 60 1" };
        var cache = Models.Empty().AddContainer("cache", "redis")
            .WithContainerFiles("/etc/redis", [file], defaultOwner: 1000, defaultGroup: 1001, umask: UnixFileMode.OtherRead)
            .WithContainerFiles("/run", (_, _) => Task.FromResult<IEnumerable<ContainerFileSystemItem>>([new ContainerDirectory { Name = "redis" }]));

        var annotations = cache.Resource.Annotations.OfType<ContainerFileSystemCallbackAnnotation>().ToList();
        annotations.Select(a => (a.DestinationPath, a.DefaultOwner, a.DefaultGroup, a.Umask)).ShouldBe(
            [("/etc/redis", 1000, 1001, UnixFileMode.OtherRead), ("/run", null, null, null)]);
        (await Items(cache, 0)).ShouldBe([file]);
        (await Items(cache, 1)).Single().Name.ShouldBe("redis");
    }

    [Fact]
    public async Task A_folder_of_this_machine_is_copied_whole()
    {
        Directory.CreateDirectory(_temp.File("config/deep"));
        await File.WriteAllTextAsync(_temp.File("config/a.conf"), "a", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_temp.File("config/deep/b.conf"), "b", TestContext.Current.CancellationToken);

        var items = await Items(Models.Empty().AddContainer("cache", "redis").WithContainerFiles("/etc/redis", _temp.File("config")), 0);

        items.Select(i => i.Name).ShouldBe(["a.conf", "deep"]);
        items[0].ShouldBeOfType<ContainerFile>().SourcePath.ShouldBe(_temp.File("config/a.conf"));
        items[1].ShouldBeOfType<ContainerDirectory>().Entries.Single().Name.ShouldBe("b.conf");
    }

    [Fact]
    public async Task A_single_file_of_this_machine_is_copied()
    {
        await File.WriteAllTextAsync(_temp.File("a.conf"), "a", TestContext.Current.CancellationToken);

        var items = await Items(Models.Empty().AddContainer("cache", "redis").WithContainerFiles("/etc/redis", _temp.File("a.conf")), 0);

        items.Single().ShouldBeOfType<ContainerFile>().SourcePath.ShouldBe(_temp.File("a.conf"));
    }

    [Fact]
    public void Files_that_are_missing_are_named_in_full()
    {
        var builder = Models.Empty();
        var full = Path.Combine(builder.AppHostDirectory, "no-such-folder");

        Should.Throw<InvalidOperationException>(() => builder.AddContainer("cache", "redis").WithContainerFiles("/etc", "no-such-folder")).Message.ShouldBe(
            $"There is neither a file nor a folder '{full}' to be copied into the container 'cache'. Correct the path; it starts at the AppHost's folder.");
        Should.Throw<InvalidOperationException>(() => ContainerDirectory.GetFileSystemItemsFromPath(full)).Message.ShouldBe(
            $"There is neither a file nor a folder '{full}' to be copied into a container. Correct the path.");
    }

    [Fact]
    public void A_pattern_chooses_files_and_leaves_empty_folders_out()
    {
        Directory.CreateDirectory(_temp.File("config/deep"));
        Directory.CreateDirectory(_temp.File("config/other"));
        File.WriteAllText(_temp.File("config/a.conf"), "a");
        File.WriteAllText(_temp.File("config/a.txt"), "a");
        File.WriteAllText(_temp.File("config/deep/b.conf"), "b");
        File.WriteAllText(_temp.File("config/other/c.txt"), "c");
        List<string> updated = [];

        var items = ContainerDirectory.GetFileSystemItemsFromPath(_temp.File("config"), "*.conf", SearchOption.AllDirectories, i => updated.Add(i.Name));

        items.Select(i => i.Name).ShouldBe(["a.conf", "deep"]);
        updated.ShouldBe(["a.conf", "b.conf", "deep"]);
        ContainerDirectory.GetFileSystemItemsFromPath(_temp.File("config"), "*.conf").Select(i => i.Name).ShouldBe(["a.conf"]);
        Should.Throw<ArgumentException>(() => ContainerDirectory.GetFileSystemItemsFromPath(_temp.File("config/a.txt"), "*.conf")).Message.ShouldBe(
            $"'{_temp.File("config/a.txt")}' is a file, so the pattern '*.conf' has nothing to choose from. Leave it out, or give the path of a folder. (Parameter 'searchPattern')");
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("/etc")]
    public void The_name_of_a_file_is_no_path(string name)
        => Should.Throw<ArgumentException>(() => new ContainerFile { Name = name }).Message.ShouldBe(
            $"'{name}' is a path. Give the plain name of a file or folder, and put it into a ContainerDirectory where it has to lie deeper. (Parameter 'value')");

    private static async Task<List<ContainerFileSystemItem>> Items<T>(IResourceBuilder<T> container, int index)
        where T : ContainerResource
    {
        var annotation = container.Resource.Annotations.OfType<ContainerFileSystemCallbackAnnotation>().ElementAt(index);
        var context = new ContainerFileSystemCallbackContext { Model = container.Resource, ServiceProvider = new Nothing() };
        return [.. await annotation.Callback(context, TestContext.Current.CancellationToken)];
    }

    private sealed class Nothing : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
