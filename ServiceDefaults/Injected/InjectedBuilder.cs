using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Stack.ServiceDefaults.Injected;

/// <summary>The builder of a site that has none at hand: its services, configuration and environment in the shape that AddServiceDefaults takes.</summary>
internal sealed class InjectedBuilder(IServiceCollection services, IConfiguration configuration, IWebHostEnvironment environment) : IHostApplicationBuilder
{
    public IServiceCollection Services => services;

    public IHostEnvironment Environment => environment;

    public IConfigurationManager Configuration { get; } = configuration as IConfigurationManager ?? Over(configuration);

    public ILoggingBuilder Logging { get; } = new Parts(services);

    public IMetricsBuilder Metrics { get; } = new Parts(services);

    public IDictionary<object, object> Properties { get; } = new Dictionary<object, object>();

    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull
        => throw new NotSupportedException("The container is the site's own choice.");

    // A host of the older kind has a configuration that is finished: what is added here is seen here only.
    private static ConfigurationManager Over(IConfiguration finished)
    {
        var manager = new ConfigurationManager();
        manager.AddConfiguration(finished);
        return manager;
    }

    private sealed class Parts(IServiceCollection services) : ILoggingBuilder, IMetricsBuilder
    {
        public IServiceCollection Services => services;
    }
}
