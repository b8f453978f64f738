using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Publishing.Manifest;
using Testing;

namespace Hosting.Tests.Publishing.Manifest;

public sealed class ManifestStepTests : IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("out.json", "out.json")]
    [InlineData("OUT.JSON", "OUT.JSON")]
    [InlineData("folder", "folder/aspire-manifest.json")]
    [InlineData("folder/", "folder/aspire-manifest.json")]
    [InlineData("deep/er/out.json", "deep/er/out.json")]
    public async Task The_output_path_is_the_file_or_its_folder(string path, string file)
    {
        await RunAsync("--publisher", "manifest", "--output-path", Path.Combine(_temp.Path, path));

        Directory.GetFiles(_temp.Path, "*", SearchOption.AllDirectories).ShouldBe([Path.Combine(_temp.Path, file)]);
    }

    [Theory]
    [InlineData("--publisher", "manifest")]
    [InlineData("--operation", "publish", "--step", "publish-manifest")]
    [InlineData("--Publishing:Publisher=manifest")]
    [InlineData("--operation", "PUBLISH", "--publisher", "manifest")]
    public async Task Each_way_to_ask_for_it_writes_it(params string[] args)
    {
        var file = Path.Combine(_temp.Path, "m.json");

        await RunAsync([.. args, "--output-path", file]);

        (await File.ReadAllTextAsync(file, Cancelled)).ShouldStartWith("{\n  \"resources\": {\n    \"it\": {");
    }

    [Fact]
    public async Task Plain_publish_does_not_write_it()
    {
        await RunAsync("--operation", "publish", "--output-path", _temp.Path);

        Directory.GetFileSystemEntries(_temp.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_an_output_path_it_fails_and_names_the_option()
    {
        var fault = await Should.ThrowAsync<DistributedApplicationException>(() => RunAsync("--publisher", "manifest"));

        UnhandledErrors.ExitCode(fault).ShouldBe(2);
        fault.Message.ShouldBe("Step 'publish-manifest' failed: Where to write the manifest was not said. Give --output-path <file>.json or --output-path <folder>.");
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced()
    {
        var file = Path.Combine(_temp.Path, "m.json");
        await File.WriteAllTextAsync(file, new string('x', 100_000), Cancelled);

        await RunAsync("--publisher", "manifest", "--output-path", file);

        (await File.ReadAllTextAsync(file, Cancelled)).ShouldNotContain("xxx");
    }

    [Fact]
    public async Task A_model_that_can_not_be_written_leaves_the_old_file()
    {
        var file = Path.Combine(_temp.Path, "m.json");
        await File.WriteAllTextAsync(file, "old", Cancelled);
        var builder = Models.Empty("--publisher", "manifest", "--output-path", file);
        builder.AddResource(new ContainerResource("bare"));

        await Should.ThrowAsync<DistributedApplicationException>(() => builder.Build().RunAsync(Cancelled));

        (await File.ReadAllTextAsync(file, Cancelled)).ShouldBe("old");
        Directory.GetFiles(_temp.Path).ShouldBe([file]);
    }

    [Fact]
    public async Task What_the_format_can_not_say_is_in_a_file_beside_it_until_there_is_none()
    {
        var (file, beside) = (Path.Combine(_temp.Path, "m.json"), Path.Combine(_temp.Path, "m.stack.json"));

        await RunAsync(it => it.WithHttpEndpoint(targetPort: 80).WithHttpHealthCheck("/up"), "--publisher", "manifest", "--output-path", file);
        (await File.ReadAllTextAsync(beside, Cancelled)).ShouldContain("\"healthPath\": \"/up\"");

        await RunAsync("--publisher", "manifest", "--output-path", file);
        Directory.GetFiles(_temp.Path).ShouldBe([file]);
    }

    [Fact]
    public async Task A_place_that_can_not_be_written_is_named()
    {
        await File.WriteAllTextAsync(_temp.File("taken"), "", Cancelled);

        (await Should.ThrowAsync<DistributedApplicationException>(() => RunAsync("--publisher", "manifest", "--output-path", _temp.File("taken"))))
            .Message.ShouldStartWith($"Step 'publish-manifest' failed: The manifest can't be written to '{_temp.Path}/taken/aspire-manifest.json': ");
    }

    [Theory]
    [InlineData("/a/b.json", "/a/b.json")]
    [InlineData("/a/b", "/a/b/aspire-manifest.json")]
    [InlineData("/a/b.json/", "/a/b.json/aspire-manifest.json")]
    [InlineData("/a/../b.json", "/b.json")]
    public void The_path_stands_for_this_file(string path, string file) => ManifestStep.FileFor(path).ShouldBe(file);

    private static Task RunAsync(params string[] args) => RunAsync(_ => { }, args);

    private static async Task RunAsync(Action<IResourceBuilder<ContainerResource>> more, params string[] args)
    {
        var builder = Models.Empty(args);
        more(builder.AddContainer("it", "image"));
        await builder.Build().RunAsync(Cancelled).WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
    }
}
