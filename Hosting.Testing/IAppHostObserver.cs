using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Is told what the program of an AppHost does with its builder. All calls come on the program's own thread, which goes on when they return.</summary>
internal interface IAppHostObserver
{
    void BuilderCreating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings);

    void BuilderCreated(DistributedApplicationBuilder builder)
    {
    }

    void Building(DistributedApplicationBuilder builder)
    {
    }

    void Built(DistributedApplication app)
    {
    }
}
