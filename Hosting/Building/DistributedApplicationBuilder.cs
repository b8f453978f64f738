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
    private readonly DistributedApplicationEventing _eventing = new();
    private readonly IUserSecretsManager _secrets;
    private readonly IFileSystemService _files = new TempFiles();
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
        var settings = new HostApplicationBuilderSettings { Args = options.Args ?? [] };
        Announce("DistributedApplicationBuilderConstructing", (options, settings));

        AppHostAssembly = options.Assembly;
        settings.Args = CommandLine.Map(settings.Args ?? []);
        _host = new HostApplicationBuilder(settings);
        _secrets = UserSecrets.Find(_host.Configuration, AppHostAssembly);
        ConfigurationSources.AddUserSecrets(_host.Configuration, _secrets);
        AppHostDirectory = options.ProjectDirectory ?? Installed(_host.Configuration) ?? AppHostMetadata.Find(AppHostAssembly, "apphostprojectpath") ?? _host.Environment.ContentRootPath;
        ExecutionContext = new DistributedApplicationExecutionContext(CommandLine.Mode(_host.Configuration));
        _host.Configuration.AddInMemoryCollection(AppHostKeys.Of(_host, options, AppHostAssembly, AppHostDirectory, ExecutionContext));
        if (ExecutionContext.IsPublishMode)
        {
            ConfigurationSources.AddDeploymentState(_host.Configuration, _host.Environment);
        }

        PublishServices.AddPipeline(_host, Pipeline);
        EngineServices.Add(_host, options, ExecutionContext, Resources, Eventing, AppHostDirectory, AppHostAssembly);
        FileServices.Add(_host.Services, _secrets, _files);
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
    [Experimental("ASPIREFILESYSTEM001", UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
    public IFileSystemService FileSystemService => _files;

    /// <inheritdoc/>
    [Experimental("ASPIREUSERSECRETS001", UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
    public IUserSecretsManager UserSecretsManager => _secrets;

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

        // The container disposes what it has handed out: with the application, what is left of temporary files goes.
        app.Services.GetService<IFileSystemService>();
        Announce("DistributedApplicationBuilt", app);
        return app;
    }

    // An AppHost that was published is not where it was built.
    private static string? Installed(ConfigurationManager configuration)
        => configuration["AppHost:Directory"] is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

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
