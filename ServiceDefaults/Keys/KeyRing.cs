using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Stack.ServiceDefaults.Keys;

/// <summary>One data-protection key ring for all replicas, over all deploys: what one of them signs, each of them can read.</summary>
internal static class KeyRing
{
    public const string Variable = "STACK_KEYS";

    public static void AddSharedKeyRing(this IHostApplicationBuilder builder)
    {
        if (builder.Configuration[Variable] is not { } folder || string.IsNullOrWhiteSpace(folder))
        {
            return;
        }

        // The name must be fixed: by default it is the content root, which differs from one release folder to the next.
        builder.Services.AddDataProtection()
            .SetApplicationName(InstanceIdentity.ServiceName(builder.Configuration, builder.Environment))
            .PersistKeysToFileSystem(new DirectoryInfo(folder));
        builder.Services.AddHostedService(_ => new KeyFolderCheck(folder));
    }
}
