using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.AccessLog;
using Stack.Hosting.Nginx.Assets;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;
using Stack.Hosting.Nginx.Traffic;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Building;

/// <summary>Reads the model and the settings when the addresses are known and nothing runs yet, and tells the engine what to run as Nginx.</summary>
internal sealed class NginxStart(NginxResource nginx, string appHostDirectory)
{
    private AccessLogSettings _logSettings = new();
    private AccessLogFollower? _log;

    /// <summary>What changes Nginx while it runs; null before it was prepared.</summary>
    public Gateway? Gateway { get; private set; }

    private IEnumerable<IResource> Sites => nginx.Annotations.OfType<NginxUpstreamAnnotation>().Select(upstream => upstream.Site).Distinct();

    /// <exception cref="DistributedApplicationException">Nginx can't be started.</exception>
    public async Task PrepareAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var time = services.GetRequiredService<TimeProvider>();
        SiteFiles files = new(
            nginx.Name, GatewayModel.SitesWithFiles(nginx).Select(site => site.Name).ToHashSet(StringComparer.Ordinal),
            new AssetStore(Path.Combine(Folder(services), NginxNames.AssetFolder), time), services.GetRequiredService<ILogger<SiteFiles>>());
        var request = await RequestAsync(services, files, cancellationToken).ConfigureAwait(false);
        new OptionWarnings(services.GetRequiredService<ILogger<OptionWarnings>>()).Look(request, time.GetUtcNow());
        _logSettings = AccessLogSettings.Read(key => services.GetRequiredService<IConfiguration>()[key]);
        CommandRunner commands = new(time);
        RuntimeSelector selector = new(
            new EngineProbe(commands, services.GetRequiredService<ILogger<EngineProbe>>()), commands, () => ExecutableSearch.Candidates(Environment.GetEnvironmentVariable("PATH"), ExecutableSearch.IsExecutable));
        NginxPreparation preparation = new(selector, commands, time, services.GetRequiredService<ILogger<NginxPreparation>>());

        var launch = await preparation.PrepareAsync(request, cancellationToken).ConfigureAwait(false);
        Gateway = new Gateway(nginx, request, launch.Choice, preparation, AddressAsync, files, services);
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(Gateway.Dispose);
        foreach (var site in Sites)
        {
            site.Annotations.Add(new TrafficGateAnnotation(Gateway.Gate));
        }

        if (nginx.TryGetLastAnnotation<SupervisionAnnotation>(out var supervision))
        {
            supervision.Options.ContentVersion = Path.GetFileName(launch.Version);
            supervision.Options.Reload = Gateway.TakeOverAsync;
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
            AdminSocket.RemoveStale(request.AdminSocket);
            foreach (var argument in launch.Arguments)
            {
                arguments.Add(argument);
            }
        }));
    }

    /// <summary>From now on what Nginx writes into its access log goes to the dashboard, and how many connections it has.</summary>
    public void FollowAccessLog(IServiceProvider services)
    {
        if (Gateway is not null)
        {
            _log = services.GetRequiredService<AccessLogFollower>();
            var request = Gateway.State.Request;
            _log.Start(nginx.Name, request.Folder, request.AdminSocket, _logSettings, Gateway.ReopenLogs, new ReplicaNames(Sites, AddressAsync, services.GetRequiredService<TimeProvider>()));
        }
    }

    /// <summary>Nginx has ended, and written its last lines.</summary>
    public void ReadRestOfAccessLog() => _log?.Wake();

    /// <summary>The command of that name.</summary>
    public async Task<ExecuteCommandResult> ReloadAsync(CancellationToken cancellationToken)
    {
        if (Gateway is null)
        {
            return CommandResults.Failure("Nginx is not prepared yet. Try again when it runs.");
        }

        try
        {
            await Gateway.ReloadAsync(cancellationToken).ConfigureAwait(false);
            return CommandResults.Success();
        }
        catch (DistributedApplicationException e)
        {
            return CommandResults.Failure(e.Message);
        }
    }

    private async Task<NginxRequest> RequestAsync(IServiceProvider services, SiteFiles files, CancellationToken cancellationToken)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var settings = NginxSettings.Read(key => configuration[key]);
        var port = await nginx.HttpEndpoint.Property(EndpointProperty.Port).GetValueAsync(cancellationToken).ConfigureAwait(false);
        return new NginxRequest
        {
            Name = nginx.Name,
            Port = int.Parse(port!, System.Globalization.CultureInfo.InvariantCulture),
            ListenOn = nginx.HttpEndpoint.EndpointAnnotation.IsExternal ? Everywhere() : [IPAddress.Loopback],
            Upstreams = await UpstreamsAsync(cancellationToken).ConfigureAwait(false),
            Hosts = GatewayModel.Hosts(nginx),
            Options = GatewayModel.Options(nginx, appHostDirectory, await RedirectPortAsync(cancellationToken).ConfigureAwait(false)) with { Assets = Assets(files) },
            AdminSocket = Path.Combine(configuration["Stack:Run"]!, $"{nginx.Name}-admin.sock"),
            Folder = Folder(services),
            Source = NginxSettings.SourceOf(configuration, appHostDirectory),
            Runtime = Wish(settings, configuration),
            OutlivesAppHost = services.GetRequiredService<IHostEnvironment>().IsProduction(),
            Timings = Timings(services.GetRequiredService<IHostEnvironment>()),
            ClientTraceContext = nginx.HasAnnotationOfType<NginxClientTraceAnnotation>(),
        };
    }

    // An application may have several.
    private string Folder(IServiceProvider services)
        => Path.Combine(services.GetRequiredService<IConfiguration>()["Stack:State"]!, nginx.Name == "nginx" ? nginx.Name : $"nginx-{nginx.Name}");

    private Dictionary<string, IReadOnlyList<StaticAsset>> Assets(SiteFiles files) => GatewayModel.SitesWithFiles(nginx).ToDictionary(
        site => site.Name,
        site => files.Of(site.Name, site.TryGetLastAnnotation<ReleaseFoldersAnnotation>(out var releases) ? releases.Folders : [])!,
        StringComparer.Ordinal);

    private async Task<int?> RedirectPortAsync(CancellationToken cancellationToken)
    {
        var endpoint = nginx.GetEndpoint(NginxResource.RedirectEndpointName);
        return endpoint.Exists
            ? int.Parse((await endpoint.Property(EndpointProperty.Port).GetValueAsync(cancellationToken).ConfigureAwait(false))!, System.Globalization.CultureInfo.InvariantCulture)
            : null;
    }

    private static IPAddress[] Everywhere() => Socket.OSSupportsIPv6 ? [IPAddress.Any, IPAddress.IPv6Any] : [IPAddress.Any];

    private async Task<IReadOnlyList<UpstreamPlan>> UpstreamsAsync(CancellationToken cancellationToken)
    {
        List<UpstreamPlan> upstreams = [];
        foreach (var upstream in nginx.Annotations.OfType<NginxUpstreamAnnotation>())
        {
            List<IPEndPoint> servers = [];
            foreach (var index in Enumerable.Range(0, upstream.Site.GetReplicaCount()))
            {
                servers.Add(await AddressAsync(upstream.Site, index, cancellationToken).ConfigureAwait(false));
            }

            upstreams.Add(new UpstreamPlan(upstream.Site.Name, servers, upstream.Balancing));
        }

        return upstreams;
    }

    /// <summary>From the plan, replica by replica: the site's endpoint itself leads back to Nginx.</summary>
    private async Task<IPEndPoint> AddressAsync(IResource site, int index, CancellationToken cancellationToken)
        => Address(site, new Uri((await SiteEndpoint((IResourceWithEndpoints)site).ForReplica(index).GetValueAsync(cancellationToken).ConfigureAwait(false))!));

    private EndpointReference SiteEndpoint(IResourceWithEndpoints site)
    {
        var endpoints = site.GetEndpoints().Where(endpoint => endpoint.IsHttp).ToList();
        var chosen = site.Annotations.OfType<SequentialPortsAnnotation>().FirstOrDefault()?.EndpointName;
        return endpoints.Find(endpoint => string.Equals(endpoint.EndpointName, chosen ?? "http", StringComparison.OrdinalIgnoreCase))
            ?? endpoints.FirstOrDefault()
            ?? throw new DistributedApplicationException(
                $"Nginx '{nginx.Name}' can't send requests to '{site.Name}': it has no endpoint with the scheme 'http'. Declare one, for example with WithSequentialPorts.");
    }

    private IPEndPoint Address(IResource site, Uri url)
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
