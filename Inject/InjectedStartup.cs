using Microsoft.AspNetCore.Hosting;
using Stack.Inject;

[assembly: HostingStartup(typeof(InjectedStartup))]

namespace Stack.Inject;

/// <summary>What ASP.NET Core calls in the site, because <c>ASPNETCORE_HOSTINGSTARTUPASSEMBLIES</c> names this assembly: before the site registers anything of its own.</summary>
internal sealed class InjectedStartup : IHostingStartup
{
    public void Configure(IWebHostBuilder builder) => Injection.AddTo(builder);
}
