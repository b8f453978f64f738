using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;
using Stack.Hosting.Nginx.Traffic;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Building;

/// <summary>Reads the model and the settings when the addresses are known and nothing runs yet, and tells the engine what to run as Nginx.</summary>
internal sealed class NginxStart(NginxResource nginx, string appHostDirectory)
{
    /// <exception cref="DistributedApplicationException">Nginx can't be started.</exception>
    public async Task PrepareAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var request = await RequestAsync(services, cancellationToken).ConfigureAwait(false);
        CommandRunner commands = new(time);
        RuntimeSelector selector = new(
            new EngineProbe(commands, services.GetRequiredService<ILogger<EngineProbe>>()), commands, () => ExecutableSearch.Candidates(Environment.GetEnvironmentVariable("PATH"), ExecutableSearch.IsExecutable));
        NginxPreparation preparation = new(selector, commands, time, services.GetRequiredService<ILogger<NginxPreparation>>());

        var launch = await preparation.PrepareAsync(request, cancellationToken).ConfigureAwait(false);
        AddGate(services, preparation, request, launch.Choice);
        if (nginx.TryGetLastAnnotation<SupervisionAnnotation>(out var supervision))
        {
            supervision.Options.ContentVersion = Path.GetFileName(launch.Version);
            if (launch.Choice is ContainerChoice)
            {
                // The child is the engine's client; Nginx itself belongs to the engine.
                supervision.Options.ListensItself = false;
            }
            else
            {
                // Its title takes the place of its environment.
                supervision.Options.CommandLineMark = Path.Combine(request.Folder, NginxNames.CurrentLink);
            }
        }

        nginx.Annotations.Add(new ExecutableAnnotation { Command = launch.FileName, WorkingDirectory = request.Folder });
        nginx.Annotations.Add(new CommandLineArgsCallbackAnnotation(arguments =>
        {
            foreach (var argument in launch.Arguments)
            {
                arguments.Add(argument);
            }
        }));
    }

    private void AddGate(IServiceProvider services, NginxPreparation preparation, NginxRequest request, RuntimeChoice choice)
    {
        if (!nginx.TryGetLastAnnotation<NginxUpstreamAnnotation>(out var upstream))
        {
            return;
        }

        NginxMaster master = new(nginx.Name, services.GetRequiredService<ResourceNotificationService>(), choice is ProcessChoice, services.GetRequiredService<TimeProvider>());
        upstream.Site.Annotations.Add(new TrafficGateAnnotation(new NginxTrafficGate(
            nginx.Name,
            async (replicas, token) => await preparation.ChangeAsync(request with { Upstream = await UpstreamAsync(replicas.Select(r => r.Index), token).ConfigureAwait(false) }, choice, token).ConfigureAwait(false),
            master,
            services.GetRequiredService<ILogger<NginxTrafficGate>>())));
    }

    private async Task<NginxRequest> RequestAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var settings = NginxSettings.Read(key => configuration[key]);
        var port = await nginx.HttpEndpoint.Property(EndpointProperty.Port).GetValueAsync(cancellationToken).ConfigureAwait(false);
        return new NginxRequest
        {
            Name = nginx.Name,
            Port = int.Parse(port!, System.Globalization.CultureInfo.InvariantCulture),
            ListenOn = nginx.HttpEndpoint.EndpointAnnotation.IsExternal ? Everywhere() : [IPAddress.Loopback],
            Upstream = await UpstreamAsync(replicas: null, cancellationToken).ConfigureAwait(false),
            Folder = Path.Combine(configuration["Stack:State"]!, "nginx"),
            Source = Source(settings),
            Runtime = Wish(settings, configuration),
            OutlivesAppHost = services.GetRequiredService<IHostEnvironment>().IsProduction(),
            Timings = Timings(services.GetRequiredService<IHostEnvironment>()),
        };
    }

    private static IPAddress[] Everywhere() => Socket.OSSupportsIPv6 ? [IPAddress.Any, IPAddress.IPv6Any] : [IPAddress.Any];

    /// <summary>From the plan, replica by replica: the site's endpoint itself leads back to Nginx.</summary>
    private async Task<UpstreamPlan?> UpstreamAsync(IEnumerable<int>? replicas, CancellationToken cancellationToken)
    {
        if (!nginx.TryGetLastAnnotation<NginxUpstreamAnnotation>(out var upstream))
        {
            return null;
        }

        var endpoint = SiteEndpoint(upstream.Site);
        List<IPEndPoint> servers = [];
        foreach (var index in replicas ?? Enumerable.Range(0, upstream.Site.GetReplicaCount()))
        {
            var url = await endpoint.ForReplica(index).GetValueAsync(cancellationToken).ConfigureAwait(false);
            servers.Add(Address(upstream.Site, new Uri(url!)));
        }

        return new UpstreamPlan(upstream.Site.Name, servers, upstream.Balancing);
    }

    private EndpointReference SiteEndpoint(ProjectResource site)
    {
        var endpoints = site.GetEndpoints().Where(endpoint => endpoint.IsHttp).ToList();
        var chosen = site.Annotations.OfType<SequentialPortsAnnotation>().FirstOrDefault()?.EndpointName;
        return endpoints.Find(endpoint => string.Equals(endpoint.EndpointName, chosen ?? "http", StringComparison.OrdinalIgnoreCase))
            ?? endpoints.FirstOrDefault()
            ?? throw new DistributedApplicationException(
                $"Nginx '{nginx.Name}' can't send requests to '{site.Name}': it has no endpoint with the scheme 'http'. Declare one, for example with WithSequentialPorts.");
    }

    private IPEndPoint Address(ProjectResource site, Uri url)
    {
        if (url.Host == "localhost")
        {
            return new IPEndPoint(IPAddress.Loopback, url.Port);
        }

        return IPAddress.TryParse(url.DnsSafeHost, out var address)
            ? new IPEndPoint(address, url.Port)
            : throw new DistributedApplicationException(
                $"Nginx '{nginx.Name}' can't send requests to '{site.Name}' at '{url}': the host has to be an address. Set the endpoint's TargetHost to 127.0.0.1.");
    }

    private string? Source(NginxSettings settings)
    {
        if (settings.Folder is { } folder)
        {
            return Path.GetFullPath(folder, appHostDirectory);
        }

        var beside = Path.GetFullPath(Path.Combine("..", "nginx"), appHostDirectory);
        return File.Exists(Path.Combine(beside, NginxNames.RootFile)) ? beside : null;
    }

    private RuntimeWish Wish(NginxSettings settings, IConfiguration configuration)
    {
        var code = nginx.TryGetLastAnnotation<NginxRuntimeAnnotation>(out var annotation) ? annotation.Runtime : NginxRuntime.Auto;
        return new RuntimeWish
        {
            Name = nginx.Name,
            Runtime = settings.Runtime ?? code,
            Source = settings.RuntimeSource ?? nameof(NginxResourceBuilderExtensions.WithRuntime),
            Path = settings.Path is { } path ? Path.GetFullPath(path, appHostDirectory) : null,
            Image = nginx.TryGetContainerImageName(out var image) ? image : NginxSettings.DefaultImage,
            Engine = configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"],
        };
    }

    private NginxTimings Timings(IHostEnvironment environment)
    {
        var timings = environment.IsProduction() ? new NginxTimings() : NginxTimings.Development;
        return nginx.TryGetLastAnnotation<SupervisionAnnotation>(out var supervision) && supervision.Options.StopWaitSecs is { } grace
            ? timings with { StopGrace = grace }
            : timings;
    }
}
