using Aspire.Hosting;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Images;

/// <summary>An image that is made of a project, or of a folder that a site was published to.</summary>
/// <param name="Name">What it is called: <c>website</c>.</param>
/// <param name="Source">The project file or folder, from the folder of all sources, with slashes.</param>
/// <param name="IsProject">False: the folder is taken as it is.</param>
/// <param name="Assembly">File name of the assembly that it runs.</param>
internal sealed record PublishedImage(string Name, string Source, bool IsProject, string Assembly)
{
    /// <summary>User and group of the programs in our images, as in .NET's own.</summary>
    public const string User = "1654:1654";

    /// <summary>The setting that names another image.</summary>
    public string Variable => $"{Name.Replace('-', '_').Replace('.', '_').ToUpperInvariant()}_IMAGE";

    /// <summary>The image without its tag.</summary>
    public string Repository(PublishPlan plan) => $"{plan.AppName.ToLowerInvariant()}/{Name}";

    public string Reference(PublishPlan plan) => $"{Repository(plan)}:{plan.Release}";
}

/// <summary>The images of a plan: one for each project, however many programs run it.</summary>
internal sealed class PublishedImages
{
    private readonly Dictionary<string, PublishedImage> _bySource = new(StringComparer.Ordinal);

    /// <exception cref="DistributedApplicationException">Two images would have one name, or one is made of what is not among the sources.</exception>
    public PublishedImages(PublishPlan plan)
    {
        foreach (var program in plan.Programs.Where(p => SourceOf(p) is not null))
        {
            Add(plan, SourceOf(program)!, program.ProjectPath is not null, program.Assembly!);
        }

        if (plan.Dashboard is { } dashboard)
        {
            Add(plan, SourceOf(dashboard), isProject: true, dashboard.Assembly);
        }

        if (_bySource.GroupBy(i => i.Value.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new DistributedApplicationException(
                $"These would both become the image '{twice.Key}': {string.Join(", ", twice.Select(i => $"'{i.Value.Source}'").Order(StringComparer.Ordinal))}. Give one of them another name.");
        }
    }

    /// <summary>By name.</summary>
    public IEnumerable<PublishedImage> All => _bySource.Values.OrderBy(i => i.Name, StringComparer.Ordinal);

    public PublishedImage Of(PublishedProgram program) => _bySource[SourceOf(program)!];

    public PublishedImage Of(PublishedDashboard dashboard) => _bySource[dashboard.ProjectPath!];

    private static string? SourceOf(PublishedProgram program) => program.Assembly is null ? null : program.ProjectPath ?? program.Folder;

    private static string SourceOf(PublishedDashboard dashboard) => dashboard.ProjectPath ?? throw new DistributedApplicationException(
        "The AppHost's build did not say where the dashboard's project is, and an image of it is needed. Reference it with IsStackDashboard=\"true\", or publish without it: --DisableDashboard=true.");

    private void Add(PublishPlan plan, string source, bool isProject, string assembly)
    {
        var relative = plan.Sources.Relative(source);
        if (relative.StartsWith("../", StringComparison.Ordinal))
        {
            throw new DistributedApplicationException($"'{source}' is not below '{plan.Sources.Root}', the folder of the sources, so that no image can be made of it where it is published to. Move it there.");
        }

        var name = isProject ? Path.GetFileNameWithoutExtension(source) : Path.GetFileName(Path.TrimEndingDirectorySeparator(source));
        _bySource[source] = new PublishedImage(name.ToLowerInvariant(), relative, isProject, assembly);
    }
}
