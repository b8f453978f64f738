using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Warnings;

public class StartWarningsTests
{
    public static TheoryData<string, string> Rows => new()
    {
        {
            "Session", "Sessions (AddSession) are kept in memory (AddDistributedMemoryCache), by each of the 3 replicas for itself: log-ins and carts vanish on another one. "
                + "Add a distributed cache that all share, or keep each client on one replica by WithStickySessions of the gateway."
        },
        {
            "Hubs", "Connections of ChatHub have to stay on one replica, but negotiating and connecting may reach two of the 3. "
                + "Keep each client on one by WithStickySessions of the gateway; what a hub sends to all clients needs a backplane as well."
        },
        {
            "Keys", "The 3 replicas have no key ring in common: cookies and antiforgery tokens that one has made fail on the others. Set STACK_KEYS to a folder that all of them can write to."
        },
        {
            "RateLimiter", "The rate limiter (AddRateLimiter) counts in each of the 3 replicas for itself: together they let 3 times its limit through. "
                + "Limit each client at the gateway: WithLimits(perClientRate: …)."
        },
        {
            "OutputCache", "The output cache (AddOutputCache) is kept by each of the 3 replicas for itself: it is filled 3 times, and what is evicted from one stays in the others. "
                + "Register an IOutputCacheStore that all share."
        },
        {
            "ResponseCache", "The response cache (AddResponseCaching) is kept by each of the 3 replicas for itself: it is filled 3 times, and clients see answers of different age. "
                + "Use an output cache with a store that all share."
        },
        {
            "HostedServices", "Mailer, Sweeper (hosted services) will run 3 times, once in each replica. "
                + "What must be done once belongs where STACK_INDEX is 0 (InstanceIdentity.Index), or in a project of its own that runs before the site."
        },
    };

    [Fact]
    public async Task Everything_that_several_replicas_do_not_share_is_told_of_once()
        => (await WarningsAsync(new() { ["STACK_REPLICAS"] = "3" })).ShouldBe(
            Rows.Select(row => $"{row.Data.Item2} (Stack:Warnings:{row.Data.Item1}=false silences this.)"));

    [Theory]
    [InlineData("1")]
    [InlineData(null)]
    public async Task One_replica_shares_everything_with_itself(string? replicas)
        => (await WarningsAsync(new() { ["STACK_REPLICAS"] = replicas })).ShouldBeEmpty();

    [Fact]
    public async Task Only_the_first_replica_speaks()
        => (await WarningsAsync(new() { ["STACK_REPLICAS"] = "3", ["STACK_INDEX"] = "1" })).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Each_can_be_silenced_by_its_name(string name, string text)
    {
        var warnings = await WarningsAsync(new() { ["STACK_REPLICAS"] = "3", ["STACK_INDEX"] = "0", [$"Stack:Warnings:{name}"] = "false" });

        warnings.Count.ShouldBe(Rows.Count - 1);
        warnings.ShouldNotContain(warning => warning.StartsWith(text));
    }

    [Fact]
    public async Task Sticky_sessions_cure_what_must_stay_on_one_replica()
        => (await WarningsAsync(new() { ["STACK_REPLICAS"] = "3", ["STACK_STICKY"] = "1" }))
            .ShouldNotContain(warning => warning.StartsWith("Sessions") || warning.StartsWith("Connections"));

    [Fact]
    public async Task What_the_site_shares_by_itself_is_no_trouble()
    {
        using var folder = new TempFolder();
        var warnings = await WarningsAsync(new() { ["STACK_REPLICAS"] = "3" }, builder =>
        {
            builder.Services.AddDataProtection().PersistKeysToFileSystem(new(folder.Path));
            builder.Services.AddSingleton<IDistributedCache>(new SharedCache());
        });

        warnings.ShouldNotContain(warning => warning.StartsWith("Sessions") || warning.Contains("key ring"));
    }

    [Fact]
    public async Task Plain_site_with_several_replicas_and_a_key_ring_has_nothing_to_hear()
    {
        using var folder = new TempFolder();
        await using var site = await TestSite.StartAsync(
            new() { ["STACK_REPLICAS"] = "3", ["STACK_INSTANCE"] = "site-8001", ["STACK_KEYS"] = folder.Path }, services: builder => builder.Services.AddControllersWithViews(), pipeline: app => app.MapControllers());

        Of(site).ShouldBeEmpty();
    }

    [Fact]
    public async Task Limits_on_which_the_gateway_does_not_agree_are_told_of_with_both_settings()
    {
        await using var site = await TestSite.StartAsync(new() { ["STACK_INSTANCE"] = "site-8001", ["Kestrel:Limits:KeepAliveTimeout"] = "00:00:20" }, services: Unlimited);

        Of(site).ShouldBe(
        [
            "Kestrel:Limits:KeepAliveTimeout (00:00:20) is not longer than the gateway's keepalive_timeout for its upstream (00:00:30): POSTs will meet connections that are being closed. "
                + "Raise Kestrel:Limits:KeepAliveTimeout; if the gateway's is another, set Stack:Gateway:KeepAliveTimeout. (Stack:Warnings:KeepAlive=false silences this.)",
            "Kestrel:Limits:MaxRequestBodySize (no limit) is larger than the gateway's client_max_body_size (31,457,280 bytes), which answers 413 to what is larger. "
                + "Set both by WithLimits(body: …) of the gateway; if the gateway's is another, set Stack:Gateway:MaxBodySize. (Stack:Warnings:BodySize=false silences this.)",
        ]);
    }

    [Theory]
    [InlineData(null, "10000000000", "00:00:10")]
    [InlineData("site-8001", "10000000000", "00:00:10")]
    public async Task Limits_are_no_trouble_without_a_gateway_or_with_one_that_agrees(string? instance, string body, string keepAlive)
    {
        await using var site = await TestSite.StartAsync(new()
        {
            ["STACK_INSTANCE"] = instance, ["Kestrel:Limits:MaxRequestBodySize"] = "5000000000", ["Kestrel:Limits:KeepAliveTimeout"] = "00:00:20",
            ["Stack:Gateway:MaxBodySize"] = instance is null ? null : body, ["Stack:Gateway:KeepAliveTimeout"] = instance is null ? null : keepAlive,
        });

        Of(site).ShouldBeEmpty();
    }

    [Fact]
    public async Task Body_limit_that_both_sides_got_from_the_gateway_is_agreed_on()
    {
        const string variable = "Kestrel__Limits__MaxRequestBodySize";
        Environment.SetEnvironmentVariable(variable, "5000000000");
        try
        {
            await using var agreed = await TestSite.StartAsync(new() { ["STACK_INSTANCE"] = "site-8001" });
            await using var raised = await TestSite.StartAsync(new() { ["STACK_INSTANCE"] = "site-8001" }, services: Unlimited);

            Of(agreed).ShouldBeEmpty();
            Of(raised).ShouldHaveSingleItem().ShouldContain("client_max_body_size (5,000,000,000 bytes)");
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    private static void Unlimited(WebApplicationBuilder builder)
        => builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);

    private static async Task<List<string>> WarningsAsync(Dictionary<string, string?> settings, Action<WebApplicationBuilder>? services = null)
    {
        // The settings of the product's site lie beside this assembly, and silence it.
        settings.TryAdd("Stack:Warnings:HostedServices", "true");
        await using var site = await TestSite.StartAsync(settings,
            services: builder =>
            {
                builder.Services.AddDistributedMemoryCache().AddSession();
                builder.Services.AddSignalR();
                builder.Services.AddRateLimiter(limiter => limiter.RejectionStatusCode = 429);
                builder.Services.AddOutputCache();
                builder.Services.AddResponseCaching(cache => cache.SizeLimit = 1000);
                builder.Services.AddHostedService<Mailer>();
                builder.Services.AddHostedService(_ => new Sweeper());
                services?.Invoke(builder);
            },
            pipeline: app => app.MapHub<ChatHub>("/chat"));
        site.Logs.Lines.Where(line => line.EventId == 9601).ShouldAllBe(line => line.Level == LogLevel.Warning);
        return Of(site);
    }

    private static List<string> Of(TestSite site) => [.. site.Logs.Lines.Where(line => line.EventId == 9601).Select(line => line.Message)];

    private sealed class ChatHub : Hub;

    private sealed class Mailer : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }

    private sealed class Sweeper : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }

    private sealed class SharedCache : IDistributedCache
    {
        public byte[]? Get(string key) => null;

        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Task.FromResult<byte[]?>(null);

        public void Refresh(string key)
        {
        }

        public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

        public void Remove(string key)
        {
        }

        public Task RemoveAsync(string key, CancellationToken token = default) => Task.CompletedTask;

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
        {
        }

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) => Task.CompletedTask;
    }
}
