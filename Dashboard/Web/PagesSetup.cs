using Stack.Dashboard.Settings;
using Stack.Dashboard.Web.Control;
using Stack.Dashboard.Web.Data;
using Stack.Dashboard.Web.Live;
using Stack.Dashboard.Web.Pages;
using Stack.Dashboard.Web.Security;

namespace Stack.Dashboard.Web;

/// <summary>Everything a browser sees: pages, sign-in, live streams.</summary>
internal static class PagesSetup
{
    /// <summary>Registers what the pages need. Options, queries and live rows are registered already.</summary>
    public static IServiceCollection AddDashboardPages(this IServiceCollection services)
    {
        services.AddBrowserSecurity();
        services.AddRazorComponents();

        services.AddSingleton(sp => new ControlClient(sp.GetRequiredService<DashboardOptions>().ControlSocket));
        services.AddSingleton<ConsoleReader>();
        services.AddSingleton<StackJournal>();
        services.AddSingleton(sp => new StackWatch(sp.GetRequiredService<ControlClient>(), sp.GetRequiredService<TimeProvider>(), sp.GetRequiredService<ILogger<StackWatch>>())
        {
            Changed = sp.GetRequiredService<StackJournal>().Compare,
            Alerted = sp.GetRequiredService<StackJournal>().Tell,
        });
        services.AddSingleton<CommandDesk>();
        services.AddSingleton<DetailsReader>();
        services.AddSingleton<ResourcesReader>();
        services.AddHostedService(sp => sp.GetRequiredService<StackWatch>());
        services.AddSingleton<LiveTopics>();
        services.AddSingleton<SupportBundle>();
        services.AddSingleton<LogPages>();
        return services;
    }

    /// <summary>Adds the middleware and routes of the front end. Requests to the OTLP listeners never get here.</summary>
    public static WebApplication MapDashboardPages(this WebApplication app)
    {
        app.UseSubPath(app.Services.GetRequiredService<DashboardOptions>().Frontend.PathBase);
        app.UseTrustedProxies(app.Services.GetRequiredService<DashboardOptions>().Frontend.TrustedProxies);
        app.Use(GuardAsync);
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = ShowFailureAsync, SuppressDiagnosticsCallback = _ => false });

        // Named here, else the host puts them before everything else: routes would be chosen by a path with the sub-path before it, and a foreign Host be led to the login.
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();

        // For whoever supervises this process; it says nothing but that pages are served.
        app.MapGet("/health", () => Results.Text("Healthy"));
        app.MapStaticAssets();
        app.MapLogin();
        app.MapPages();
        app.MapLive();
        app.MapFallback((HttpContext context) => PageEndpoints.Message(
                context, StatusCodes.Status404NotFound, "There is no such page", $"Nothing is at '{context.Request.Path.Value}'.", ("Resources", "/resources"), ("Structured logs", "/structuredlogs")))
            .RequireAuthorization(BrowserSignIn.Policy);
        return app;
    }

    private static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        // At the last moment: an exception handler clears what was set before.
        context.Response.OnStarting(static state =>
        {
            FrontendHeaders.Apply((HttpContext)state);
            return Task.CompletedTask;
        }, context);
        return context.RequestServices.GetRequiredService<HostCheck>().Allows(context.Request.Host) ? next(context) : HostCheck.RefuseAsync(context);
    }

    private static Task ShowFailureAsync(HttpContext context)
    {
        var trace = System.Diagnostics.Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        var page = PageEndpoints.Message(context, StatusCodes.Status500InternalServerError, "The dashboard failed to make this page",
            $"It has written why to its own log, under '{trace}'. Try again; what is stored is not affected.", ("Resources", "/resources"));
        return page.ExecuteAsync(context);
    }
}
