using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace ServiceDefaults.Tests.Fakes;

/// <summary>A site whose HTTP clients talk to a script, with a clock that the test moves.</summary>
internal sealed class ClientSite : IAsyncDisposable
{
    public const string Name = "catalog";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TestSite _site;

    private ClientSite(TestSite site, ScriptedHandler network, ManualTimeProvider time)
    {
        _site = site;
        Network = network;
        Time = time;
        Client = Create(Name);
    }

    public ScriptedHandler Network { get; }

    public ManualTimeProvider Time { get; }

    public HttpClient Client { get; }

    public RecordedLogs Logs => _site.Logs;

    public IServiceProvider Services => _site.App.Services;

    public static async Task<ClientSite> StartAsync(Dictionary<string, string?>? settings = null, Action<IHttpClientBuilder>? client = null)
    {
        var time = new ManualTimeProvider();
        var network = new ScriptedHandler(time);
        var site = await TestSite.StartAsync(settings, services: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Services.ConfigureHttpClientDefaults(clients => clients.ConfigurePrimaryHttpMessageHandler(() => network));
            var named = builder.Services.AddHttpClient(Name);
            client?.Invoke(named);
        });
        return new(site, network, time);
    }

    public HttpClient Create(string name) => _site.App.Services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string uri, HttpContent? content = null)
        => RunAsync(Client.SendAsync(new HttpRequestMessage(method, uri) { Content = content }, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken));

    /// <summary>
    /// Moves the clock from timer to timer until the call is over. The total's timer is always set: where it is the only one, the call is on
    /// its way from one wait to the next.
    /// </summary>
    public async Task<T> RunAsync<T>(Task<T> call)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!call.IsCompleted)
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Limit, $"The call is not over at {Time.Now}, after {Network.Sent.Count} tries.");
            if (Time.Timers > 1)
            {
                Time.Advance(Time.NextDue!.Value - Time.Now);
            }

            await Task.Yield();
        }

        return await call;
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}
