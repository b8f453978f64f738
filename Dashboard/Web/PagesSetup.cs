namespace Stack.Dashboard.Web;

/// <summary>Everything a browser sees: pages, sign-in, live streams.</summary>
internal static class PagesSetup
{
    /// <summary>Registers what the pages need. Options, queries and live rows are registered already.</summary>
    public static IServiceCollection AddDashboardPages(this IServiceCollection services) => services;

    /// <summary>Adds the middleware and routes of the front end. Requests to the OTLP listeners never get here.</summary>
    public static WebApplication MapDashboardPages(this WebApplication app) => app;
}
