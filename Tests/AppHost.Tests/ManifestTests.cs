using Testing;

namespace AppHost.Tests;

/// <summary>Manifests as azd asks for them, compared with the files in <c>Golden</c>. UPDATE_GOLDEN=1 rewrites them.</summary>
[Trait("kind", "process")]
public sealed class ManifestTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public static TheoryData<string> AppHosts => ["AppHost", "Tests/AppHosts/ParametersAppHost", "Tests/AppHosts/TwoServicesAppHost", "Tests/AppHosts/ContainersAppHost"];

    public void Dispose() => _temp.Dispose();

    [Theory]
    [MemberData(nameof(AppHosts))]
    public async Task The_manifest_is_as_in_the_golden_file(string project)
    {
        var file = _temp.File("manifest.json");

        var (exitCode, output, errors) = await AppHostProgram.RunAsync(project, "--publisher", "manifest", "--output-path", file);

        errors.ShouldBeEmpty();
        exitCode.ShouldBe(0, output);
        output.ShouldContain($"The manifest is written: {file}");
        Compare(Path.GetFileName(project), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Directory.GetFiles(_temp.Path).ShouldBe([file, _temp.File("manifest.stack.json")], ignoreOrder: true);
    }

    [Fact]
    public async Task The_long_way_to_ask_for_it_gives_the_same()
    {
        await AppHostProgram.RunAsync("AppHost", "--publisher", "manifest", "--output-path", _temp.File("one.json"));

        var (exitCode, output, _) = await AppHostProgram.RunAsync("AppHost", "--operation", "publish", "--step", "publish-manifest", "--output-path", _temp.File("two.json"));

        exitCode.ShouldBe(0, output);
        (await File.ReadAllTextAsync(_temp.File("two.json"), TestContext.Current.CancellationToken))
            .ShouldBe(await File.ReadAllTextAsync(_temp.File("one.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_lost_number_of_replicas_is_said()
    {
        var (_, output, _) = await AppHostProgram.RunAsync("AppHost", "--publisher", "manifest", "--output-path", _temp.Path);

        output.ShouldContain($"Resource 'site' has {Environment.ProcessorCount * 2} replicas, and the manifest's format can't say so");
        File.Exists(_temp.File("aspire-manifest.json")).ShouldBeTrue();
    }

    [Theory]
    [InlineData(2, "Step 'publish-manifest' failed: Where to write the manifest was not said. Give --output-path <file>.json or --output-path <folder>.", "--publisher", "manifest")]
    [InlineData(1, "The operation 'shine' is not known. Use --operation run or --operation publish.", "--operation", "shine")]
    public async Task What_can_not_be_done_is_one_message_and_an_exit_code(int code, string message, params string[] args)
    {
        var (exitCode, _, errors) = await AppHostProgram.RunAsync("AppHost", args);

        exitCode.ShouldBe(code);
        errors.ShouldBe(message + Environment.NewLine);
    }

    [Fact]
    public async Task An_unknown_step_is_answered_with_the_known_ones()
    {
        var (exitCode, _, errors) = await AppHostProgram.RunAsync("AppHost", "--operation", "publish", "--step", "shine");

        exitCode.ShouldBe(1);
        errors.ShouldStartWith("There is no step 'shine'. Use --step with one of: 'build', 'build-prereq',");
        errors.TrimEnd().Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public async Task Plain_publish_says_that_there_was_nothing_to_do()
    {
        var (exitCode, output, errors) = await AppHostProgram.RunAsync("AppHost", "--operation", "publish");

        exitCode.ShouldBe(0);
        errors.ShouldBeEmpty();
        output.ShouldContain("Nothing in this model adds work to the step 'publish', so nothing was done.");
    }

    // As if the manifest lay in the repository's folder: no golden has a path of the machine that wrote it.
    private void Compare(string name, string text)
    {
        var relative = text.Replace($"{Path.GetRelativePath(_temp.Path, AppHostProgram.Repository)}/", "", StringComparison.Ordinal);
        var golden = Path.Combine(AppHostProgram.TestFolder, "Golden", $"{name}.json");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(golden)!);
            File.WriteAllText(golden, relative);
        }

        relative.ShouldNotContain("../");
        relative.ShouldBe(File.ReadAllText(golden), $"{golden} (UPDATE_GOLDEN=1 rewrites it)");
    }
}
