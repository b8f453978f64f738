using Stack.Dashboard.Settings;

namespace Stack.Dashboard.Web.Security;

/// <summary>Prints the login link when the dashboard made up its token itself: nobody else could tell it to the user.</summary>
internal sealed partial class LoginLinkAnnouncer(
    DashboardOptions options, Listeners listeners, IConfiguration configuration, ILogger<LoginLinkAnnouncer> logger) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var address = (options.Frontend.PublicUrl ?? listeners.Frontend[0]).ToString().TrimEnd('/');
        if (options.Frontend.AuthMode is FrontendAuthMode.Unsecured)
        {
            LogUnsecured(address);
        }
        else if (!IsGiven("Dashboard:Frontend:BrowserToken", "ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", "DOTNET_DASHBOARD_FRONTEND_BROWSERTOKEN"))
        {
            LogLoginLink($"{address}/login?t={options.Frontend.BrowserToken}");
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool IsGiven(params IEnumerable<string> keys) => keys.Any(key => !string.IsNullOrWhiteSpace(configuration[key]));

    [LoggerMessage(7403, LogLevel.Information, "Log in to the dashboard at {Url}")]
    private partial void LogLoginLink(string url);

    [LoggerMessage(7404, LogLevel.Warning, "The dashboard at {Url} asks for no login: Dashboard:Frontend:AuthMode is Unsecured.")]
    private partial void LogUnsecured(string url);
}
