using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Stack.Hosting.Building;

/// <summary>Registers what user code keeps files with.</summary>
internal static class FileServices
{
    public static void Add(IServiceCollection services, IUserSecretsManager secrets, IFileSystemService files)
    {
        services.TryAddSingleton(secrets);

        // By a factory, so that the container disposes it and what is left of the files goes.
        services.TryAddSingleton(_ => files);
        services.TryAddSingleton<IAspireStore>(provider => new AspireStore(provider.GetRequiredService<IConfiguration>()[AspireStore.PathKey]
            ?? throw new InvalidOperationException($"The store has no folder: configuration has no '{AspireStore.PathKey}'. Set it to a folder that can be written.")));
    }
}
