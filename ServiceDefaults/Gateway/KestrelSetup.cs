using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Stack.ServiceDefaults.Gateway;

/// <summary>Sets Kestrel up as the gateway expects it.</summary>
internal static class KestrelSetup
{
    public static void AddKestrelSettings(this IHostApplicationBuilder builder)
    {
        var limits = builder.Configuration.GetSection("Kestrel:Limits");
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            limits.Bind(kestrel.Limits); // Kestrel reads its endpoints from configuration, but not its limits.
        });
    }
}
