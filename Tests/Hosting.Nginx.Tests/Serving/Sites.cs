namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>The replicas behind an Nginx under test.</summary>
internal sealed class Sites : IAsyncDisposable
{
    private readonly List<TestSite> _sites = [];
    private readonly List<TestSite> _former = [];

    public IEnumerable<int> Ports => _sites.Select(site => site.Port);

    public int Requests => _sites.Sum(site => site.Requests);

    public int Connections => _sites.Sum(site => site.Connections);

    public TestSite this[int index] => _sites[index];

    public static async Task<Sites> StartAsync(int count)
    {
        Sites sites = new();
        for (var index = 0; index < count; index++)
        {
            sites._sites.Add(await TestSite.StartAsync());
        }

        return sites;
    }

    /// <summary>Starts one that has vanished again, on the same port.</summary>
    public async Task RestartAsync(int index)
    {
        _former.Add(_sites[index]);
        _sites[index] = await TestSite.StartAsync(_sites[index].Port);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var site in _sites.Concat(_former))
        {
            await site.DisposeAsync();
        }
    }
}
