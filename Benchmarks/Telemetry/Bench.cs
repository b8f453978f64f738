namespace Telemetry;

/// <summary>What all measurements of a run share: the published dashboard and site.</summary>
internal sealed class Bench(CancellationToken cancellationToken) : Workspace("telemetry", cancellationToken)
{
    private int _folders;

    public string Dashboard => Path.Combine(Folder, "dashboard");

    public string Site => Path.Combine(Folder, "site");

    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(Folder, $"{++_folders}-{name}")).FullName;

    public void PublishDashboard() => Publish("Dashboard/Dashboard.csproj", Dashboard);

    public void PublishSite() => Publish("Benchmarks/Gateway.Site/Gateway.Site.csproj", Site);
}
