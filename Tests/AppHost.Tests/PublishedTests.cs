using Testing;
using Testing.Kubernetes;

namespace AppHost.Tests;

/// <summary>What the product's AppHost publishes, compared with the folders in <c>Golden</c>. UPDATE_GOLDEN=1 rewrites them.</summary>
[Trait("kind", "process")]
public sealed class PublishedTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("compose", "nginx/", ".env", ".stack-publish.json")]
    [InlineData("kubernetes", "nginx/conf/", "secrets.env", ".stack-publish.json")]
    public async Task The_output_is_as_in_the_golden_folder(string target, params string[] leftOut)
    {
        var (exitCode, output, errors) = await AppHostProgram.RunAsync("AppHost", "--publisher", target, "--output-path", _temp.Path, "--replicas", "site=4");

        errors.ShouldBeEmpty();
        exitCode.ShouldBe(0, output);
        var golden = Path.Combine(AppHostProgram.TestFolder, "Golden", target);
        var files = Files(_temp.Path, leftOut);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            files.ForEach(f => Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(golden, f))!));
            files.ForEach(f => File.Copy(_temp.File(f), Path.Combine(golden, f), overwrite: true));
        }

        files.ShouldBe(Files(golden));
        foreach (var file in files)
        {
            var text = await File.ReadAllTextAsync(_temp.File(file), TestContext.Current.CancellationToken);
            text.ShouldNotContain(AppHostProgram.Repository);
            text.ShouldBe(await File.ReadAllTextAsync(Path.Combine(golden, file), TestContext.Current.CancellationToken), $"{golden}/{file} (UPDATE_GOLDEN=1 rewrites it)");
        }
    }

    [Fact]
    public async Task The_objects_for_Kubernetes_are_of_its_types_and_fit_together()
    {
        var (exitCode, output, _) = await AppHostProgram.RunAsync("AppHost", "--publisher", "kubernetes", "--output-path", _temp.Path, "--replicas", "site=4");
        exitCode.ShouldBe(0, output);

        var objects = await KubernetesTools.KustomizeAsync(_temp.Path);

        (await KubernetesTools.TypeFaultsAsync(objects)).ShouldBeEmpty();
        KubernetesRules.FaultsOf(objects).ShouldBeEmpty();
        objects.Where(o => $"{o["kind"]}" == "Deployment").Select(o => $"{o["metadata"]!["name"]} {o["spec"]!["replicas"]}").ShouldBe(["nginx 1", "site 4"]);
    }

    private static List<string> Files(string folder, params string[] leftOut)
        => [.. Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Where(f => !leftOut.Any(l => l.EndsWith('/') ? f.StartsWith(l, StringComparison.Ordinal) : f == l)).Order(StringComparer.Ordinal)];
}
