using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Hosting.Tests.Building;

/// <summary>What the MSBuild files of an AppHost generate, shown by a build.</summary>
[Trait("kind", "process")]
public sealed class ProjectClassesTests : IDisposable
{
    private static readonly string BuildFiles = Path.GetFullPath(Path.Combine(Here(), "..", "..", "..", "Hosting", "build"));
    private readonly string _folder = Directory.CreateTempSubdirectory("stack-msbuild-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_referenced_project_becomes_a_class_and_a_second_build_compiles_nothing()
    {
        Write("global.json", await File.ReadAllTextAsync(Path.GetFullPath(Path.Combine(BuildFiles, "..", "..", "global.json")), TestContext.Current.CancellationToken));
        Write("Directory.Build.props", "<Project><PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>false</ImplicitUsings></PropertyGroup></Project>");
        Write("Shop/Shop.csproj", Program("net10.0"));
        Write("Shop/Program.cs", "System.Console.WriteLine();");
        Write("3d-Api/3d-Api.csproj", Program("net10.0"));
        Write("3d-Api/Program.cs", "System.Console.WriteLine();");
        Write("Library/Library.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Write("Library/Contracts.cs", """
            namespace Aspire.Hosting { public interface IProjectMetadata { string ProjectPath { get; } bool SuppressBuild => false; } }
            namespace Stack.Hosting.ApplicationModel { public interface IProjectOutput { string TargetPath { get; } } }
            """);
        Write("My.AppHost/My.AppHost.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <Import Project="{BuildFiles}/Stack.Hosting.props" />
              <PropertyGroup><OutputType>Exe</OutputType></PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../Library/Library.csproj" IsAspireProjectResource="false" />
                <ProjectReference Include="../Shop/Shop.csproj" />
                <ProjectReference Include="../3d-Api/3d-Api.csproj" />
              </ItemGroup>
              <Import Project="{BuildFiles}/Stack.Hosting.targets" />
            </Project>
            """);
        Write("My.AppHost/Program.cs", """
            foreach (var (project, output) in new (Aspire.Hosting.IProjectMetadata, Stack.Hosting.ApplicationModel.IProjectOutput)[]
                { (new Projects.Shop(), new Projects.Shop()), (new Projects._3d_Api(), new Projects._3d_Api()) })
            {
                System.Console.WriteLine($"{project.ProjectPath} {output.TargetPath} {project.SuppressBuild}");
            }

            System.Console.WriteLine(Projects.My_AppHost.ProjectPath);
            """);

        await DotnetAsync("build", "My.AppHost", "-nodeReuse:false");
        var assembly = Path.Combine(_folder, "My.AppHost/bin/Debug/net10.0/My.AppHost.dll");
        var built = File.GetLastWriteTimeUtc(assembly);
        var printed = await DotnetAsync(assembly);
        await DotnetAsync("build", "My.AppHost", "-nodeReuse:false");

        printed.ShouldBe(string.Join('\n',
            $"{_folder}/Shop/Shop.csproj {_folder}/Shop/bin/Debug/net10.0/Shop.dll True",
            $"{_folder}/3d-Api/3d-Api.csproj {_folder}/3d-Api/bin/Debug/net10.0/3d-Api.dll True",
            $"{_folder}/My.AppHost",
            ""));
        File.GetLastWriteTimeUtc(assembly).ShouldBe(built);
        File.Exists(Path.Combine(_folder, "My.AppHost/bin/Debug/net10.0/Shop.dll")).ShouldBeFalse("a resource's output is not copied");
    }

    private static string Program(string framework)
        => $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>{framework}</TargetFramework></PropertyGroup></Project>";

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private async Task<string> DotnetAsync(params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", args) { WorkingDirectory = _folder, RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, output);
        return output;
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
