using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Testing;

namespace Hosting.Tests;

/// <summary>The folder of a project that a test writes: nothing in it is built.</summary>
internal sealed class ProjectFolder : IDisposable
{
    private readonly TempFolder _temp = new();

    public ProjectFolder()
    {
        Path = _temp.File("Shop");
        Project = System.IO.Path.Combine(Path, "Shop.csproj");
        Write("Shop.csproj", "<Project />");
    }

    public string Path { get; }

    public string Project { get; }

    public void Write(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public void Profiles(string json) => Write("Properties/launchSettings.json", $$"""{ "profiles": {{json}} }""");

    /// <summary>Adds the project to a new model.</summary>
    public (IDistributedApplicationBuilder Builder, IResourceBuilder<ProjectResource> Site) Add(params string[] args)
    {
        var builder = Models.Empty(args);
        return (builder, builder.AddProject("site", Project));
    }

    public void Dispose() => _temp.Dispose();
}
