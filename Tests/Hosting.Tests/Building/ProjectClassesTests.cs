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

    [Fact]
    public async Task Mistakes_in_references_are_told_and_a_framework_can_be_chosen()
    {
        Write("global.json", await File.ReadAllTextAsync(Path.GetFullPath(Path.Combine(BuildFiles, "..", "..", "global.json")), TestContext.Current.CancellationToken));
        Write("Directory.Build.props", "<Project><PropertyGroup><ImplicitUsings>false</ImplicitUsings></PropertyGroup></Project>");
        Write("Library/Library.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        Write("Contracts/Contracts.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        Write("Contracts/Contracts.cs", """
            namespace Aspire.Hosting { public interface IProjectMetadata { string ProjectPath { get; } bool SuppressBuild => false; } }
            namespace Stack.Hosting.ApplicationModel { public interface IProjectOutput { string TargetPath { get; } } }
            """);
        Write("Both/Both.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks></PropertyGroup></Project>");
        Write("Both/Program.cs", "class Program { static void Main() { System.Console.WriteLine(); } }");
        Write("Host/Host.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <Import Project="{BuildFiles}/Stack.Hosting.props" />
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../Contracts/Contracts.csproj" IsAspireProjectResource="false" />
                <ProjectReference Include="../Library/Library.csproj" />
                <ProjectReference Include="../Both/Both.csproj" SetTargetFramework="TargetFramework=net10.0" AspireProjectMetadataTypeName="Chosen" />
              </ItemGroup>
              <Import Project="{BuildFiles}/Stack.Hosting.targets" />
            </Project>
            """);
        Write("Host/Program.cs", """
            System.Console.WriteLine(string.Join(" ", args));
            System.Console.WriteLine(new Projects.Chosen().TargetPath);
            """);

        var printed = await DotnetAsync("build", "Host", "-nodeReuse:false", "-t:GenerateAspireManifest", "-p:AspireManifestPublishOutputPath=out");

        printed.ShouldContain($"warning ASPIRE004: The project '{_folder}/Library/Library.csproj' is referenced as a resource, and is no program that can be run.");
        printed.ShouldNotContain("'Both.csproj' is referenced");
        printed.ShouldContain("--publisher manifest --output-path out/manifest.json");
        printed.ShouldContain($"{_folder}/Both/bin/Debug/net10.0/Both.dll");
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
