using System.Net;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Assets;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;

namespace Stack.Hosting.Nginx.Traffic;

/// <summary>A prepared Nginx while it runs: what of it can be changed, and by whom.</summary>
internal sealed class Gateway : IDisposable
{
    private readonly NginxPreparation _preparation;
    private readonly NginxMaster _master;
    private readonly AdminSocket _admin;
    private readonly RequestsInFlight _inFlight;
    private readonly WarmUp _warmUp;
    private readonly Reloads _reloads;

    /// <param name="nginx">Its resource.</param>
    /// <param name="request">What its configuration is made of at first.</param>
    /// <param name="choice">What it runs as.</param>
    /// <param name="preparation">Makes and checks configurations.</param>
    /// <param name="addressOf">Where a replica listens.</param>
    /// <param name="files">What Nginx sends in place of the sites.</param>
    /// <param name="services">The AppHost's.</param>
    public Gateway(
        NginxResource nginx, NginxRequest request, RuntimeChoice choice, NginxPreparation preparation, Func<IResource, int, CancellationToken, Task<IPEndPoint>> addressOf,
        SiteFiles files, IServiceProvider services)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Stack.Nginx");
        FlagFolder flags = new(Path.Combine(request.Folder, NginxNames.FlagFolder));
        _master = new NginxMaster(nginx.Name, services.GetRequiredService<ResourceNotificationService>(), choice is ProcessChoice, time);
        var trouble = nginx.Annotations.OfType<TroubleAnnotation>().LastOrDefault();
        _admin = new AdminSocket(request.AdminSocket, time);
        _inFlight = new RequestsInFlight(time, logger);
        _warmUp = new WarmUp(time, logger);
        _preparation = preparation;
        Choice = choice;
        State = new GatewayState(request);
        _reloads = new Reloads(
            State, (now, token) => preparation.ChangeAsync(now, choice, token), _master, flags, _admin, choice.Version, why => trouble?.Tell(why), time, logger);
        Gate = new NginxTrafficGate(State, addressOf, _reloads, new Steering(flags, _admin, _master), _inFlight, _warmUp, files);
    }

    public GatewayState State { get; }

    public ITrafficGate Gate { get; }

    public RuntimeChoice Choice { get; }

    /// <summary>All that the configuration is made of now.</summary>
    public NginxPlan Plan => _preparation.Plan(State.Request, Choice);

    /// <summary>Folder of the version in use.</summary>
    public string CurrentVersion => _preparation.CurrentVersion(State.Request);

    /// <summary>Makes the configuration as it would be after a reload, and has it checked.</summary>
    /// <returns>Folder of that version.</returns>
    /// <exception cref="Aspire.Hosting.DistributedApplicationException">nginx does not accept it.</exception>
    public Task<string> TryAsync(CancellationToken cancellationToken) => _preparation.TryAsync(State.Request, Choice, cancellationToken);

    /// <summary>Takes over what has changed in the hand-written files, and certificates.</summary>
    /// <exception cref="Aspire.Hosting.DistributedApplicationException">nginx does not accept it, or did not take it: the configuration before stays in use.</exception>
    public Task ReloadAsync(CancellationToken cancellationToken) => _reloads.ReadAgainAsync(cancellationToken);

    /// <summary>An Nginx that an AppHost before has left running takes over what this one has made for it.</summary>
    /// <param name="pid">The process, which the resource's state may not tell yet.</param>
    /// <exception cref="Aspire.Hosting.DistributedApplicationException">It did not take it.</exception>
    public Task TakeOverAsync(int pid)
    {
        _master.LeftRunning = pid;
        return _reloads.ReadAgainAsync(CancellationToken.None);
    }

    /// <summary>Lets Nginx open its log files anew.</summary>
    public void ReopenLogs() => _master.ReopenLogs();

    public void Dispose()
    {
        _admin.Dispose();
        _inFlight.Dispose();
        _warmUp.Dispose();
    }
}
