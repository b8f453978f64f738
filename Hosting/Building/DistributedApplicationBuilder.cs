using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Building;
using Stack.Hosting.Publishing.Pipelines;

namespace Aspire.Hosting;

/// <summary>Collects the resources of an application and builds it; wraps .NET's host builder.</summary>
public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationOptions _options;
    private readonly DistributedApplicationEventing _eventing = new();
    private bool _built;

    /// <summary>Creates the builder.</summary>
    /// <param name="args">The command line.</param>
    public DistributedApplicationBuilder(string[] args)
        : this(new DistributedApplicationOptions { Args = args })
    {
    }

    /// <summary>Creates the builder.</summary>
    /// <param name="options">How.</param>
    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var settings = new HostApplicationBuilderSettings { Args = CommandLine.Map(options.Args ?? []) };
        Announce("DistributedApplicationBuilderConstructing", (options, settings));

        AppHostAssembly = options.Assembly;
        _host = new HostApplicationBuilder(settings);
        AppHostDirectory = options.ProjectDirectory ?? AppHostMetadata.Find(AppHostAssembly, "apphostprojectpath") ?? _host.Environment.ContentRootPath;
        var name = AppHostMetadata.Find(AppHostAssembly, "apphostprojectname") ?? _host.Environment.ApplicationName;
        _host.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AppHost:Directory"] = AppHostDirectory,
            ["AppHost:Path"] = Path.Combine(AppHostDirectory, Path.GetFileNameWithoutExtension(name)),
            ["AppHost:FilePath"] = Path.Combine(AppHostDirectory, name),
            ["AppHost:DashboardApplicationName"] = options.DashboardApplicationName ?? _host.Environment.ApplicationName,
        });
        ExecutionContext = CommandLine.ExecutionContext(_host.Configuration);
        PublishServices.AddPipeline(_host, Pipeline);
        EngineServices.Add(_host, options, ExecutionContext, Resources, Eventing, AppHostDirectory, AppHostAssembly);
        Announce("DistributedApplicationBuilderConstructed", this);
    }

    /// <inheritdoc/>
    public ConfigurationManager Configuration => _host.Configuration;

    /// <inheritdoc/>
    public string AppHostDirectory { get; }

    /// <summary>Path of the AppHost's project file.</summary>
    public string AppHostPath => Configuration["AppHost:FilePath"]!;

    /// <inheritdoc/>
    public Assembly? AppHostAssembly { get; }

    /// <inheritdoc/>
    public IHostEnvironment Environment => _host.Environment;

    /// <inheritdoc/>
    public IServiceCollection Services => _host.Services;

    /// <inheritdoc/>
    public DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <inheritdoc/>
    public IDistributedApplicationEventing Eventing => _eventing;

    /// <inheritdoc/>
    [Experimental("ASPIREPIPELINES001")]
    public IDistributedApplicationPipeline Pipeline { get; } = new DistributedApplicationPipeline();

    /// <inheritdoc/>
    public IResourceCollection Resources { get; } = new ResourceCollection();

    /// <inheritdoc/>
    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (Resources.FirstOrDefault(r => string.Equals(r.Name, resource.Name, StringComparison.OrdinalIgnoreCase)) is { } other)
        {
            throw new DistributedApplicationException(
                $"Cannot add the {resource.GetType().Name} '{resource.Name}': the model has a {other.GetType().Name} of that name already. Give one of them another name.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    /// <inheritdoc/>
    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    /// <inheritdoc/>
    public DistributedApplication Build()
    {
        if (_built)
        {
            throw new InvalidOperationException("This builder has built its application already. Create another builder.");
        }

        Announce("DistributedApplicationBuilding", this);
        ModelChecks.Validate(Resources);
        var app = new DistributedApplication(_host.Build());
        _built = true;
        _eventing.Logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Stack.Events");
        ExecutionContext.ServiceProvider = app.Services;
        Announce("DistributedApplicationBuilt", app);
        return app;
    }

    // Test hosts hook in here: the names and payloads are Aspire's.
    private static void Announce(string name, object payload)
    {
        if (AppHostListener.Source.IsEnabled() && AppHostListener.Source.IsEnabled(name))
        {
            AppHostListener.Source.Write(name, payload);
        }
    }

    private static class AppHostListener
    {
        public static readonly DiagnosticListener Source = new("Aspire.Hosting");
    }
}
