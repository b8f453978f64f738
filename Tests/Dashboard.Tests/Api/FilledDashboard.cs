using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Api;

/// <summary>A dashboard with six known rows, shared by the tests that only read.</summary>
public sealed class FilledDashboard : IAsyncLifetime
{
    public const string Trace = "0af7651916cd43dd8448eb211c80319c";

    internal RunningDashboard? Dashboard { get; private set; }

    public async ValueTask InitializeAsync() => Dashboard = await StartAsync();

    public ValueTask DisposeAsync() => Dashboard!.DisposeAsync();

    internal static async Task<RunningDashboard> StartAsync()
    {
        var dashboard = await RunningDashboard.StartAsync();
        dashboard.Add(
            Samples.Log("message one", "site-8001", 1, Trace), Samples.Log("message two", "site-8002", 9), Samples.Log("message three", "site-8001", 13),
            Samples.Log("message four", "x1", 17, service: "worker"), Samples.Log("message five", "site-8002", 9), Samples.Log("message six", "site-8001", 21));
        await CommittedAsync(dashboard, 6);
        return dashboard;
    }

    internal static Task CommittedAsync(RunningDashboard dashboard, int rows) =>
        OpenStore.UntilAsync(() => dashboard.Get<StoreStatus>().Committed == rows, "the commit");
}
