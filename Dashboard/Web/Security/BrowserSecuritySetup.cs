using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Http.Extensions;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Security;

/// <summary>Wires the cookie, the key ring and the policy of the pages.</summary>
internal static class BrowserSecuritySetup
{
    private const string Cookie = "stack-dashboard";

    public static IServiceCollection AddBrowserSecurity(this IServiceCollection services)
    {
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton<BrowserSignIn>();
        services.AddSingleton(sp => new HostCheck(sp.GetRequiredService<DashboardOptions>().Frontend));
        services.AddHostedService<LoginLinkAnnouncer>();

        // The key ring is a folder that only its owner can read; that nothing encrypts it on top is known.
        services.AddLogging(logging => logging.AddFilter(typeof(XmlKeyManager).FullName, LogLevel.Error));
        services.AddDataProtection().SetApplicationName("Stack.Dashboard");
        services.AddOptions<KeyManagementOptions>().Configure<DashboardOptions, ILoggerFactory>((keys, options, loggers) =>
            keys.XmlRepository = new FileSystemXmlRepository(KeysFolder(options), loggers));

        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme).Configure<DashboardOptions>((cookie, options) =>
        {
            cookie.Cookie.Name = CookieName(Cookie, options);
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax; // Strict is not sent when the link is opened from a terminal or a mail
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.ExpireTimeSpan = TimeSpan.FromDays(3);
            cookie.SlidingExpiration = true;
            cookie.LoginPath = "/login";
            cookie.ReturnUrlParameter = "returnUrl";
            cookie.Events.OnRedirectToLogin = AskToSignIn;
            cookie.Events.OnRedirectToAccessDenied = Refuse;
        });
        services.AddAuthorizationBuilder().AddPolicy(BrowserSignIn.Policy, policy => policy.RequireAssertion(authorization =>
            authorization.Resource is HttpContext context && context.RequestServices.GetRequiredService<BrowserSignIn>().IsSignedIn(context)))
            .AddPolicy(BrowserSignIn.OperatorPolicy, policy => policy.RequireAssertion(authorization =>
                authorization.Resource is HttpContext context && context.RequestServices.GetRequiredService<BrowserSignIn>() is var signIn && signIn.IsSignedIn(context) && signIn.IsOperator(context)));

        services.AddAntiforgery();
        services.AddOptions<AntiforgeryOptions>().Configure<DashboardOptions>((antiforgery, options) =>
        {
            antiforgery.Cookie.Name = CookieName(Cookie + "-form", options);
            antiforgery.Cookie.SameSite = SameSiteMode.Lax;
            antiforgery.SuppressXFrameOptionsHeader = true; // FrontendHeaders sends the stricter one
        });
        return services;
    }

    /// <summary>Browsers keep cookies by host, not by port: each dashboard of a machine needs a name of its own, or they sign one another out.</summary>
    private static string CookieName(string name, DashboardOptions options) =>
        $"{name}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options.Storage.Directory)))[..8]}";

    /// <summary>Pages lead to the form; what scripts ask for gets the plain answer that they can act on.</summary>
    private static Task AskToSignIn(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (context.Request.Path.StartsWithSegments("/live", StringComparison.Ordinal) ||
            context.Request.Path.StartsWithSegments("/fragments", StringComparison.Ordinal) ||
            context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else
        {
            // Where to go back to is a place inside, without the sub-path.
            var request = context.Request;
            var back = QueryString.Create(context.Options.ReturnUrlParameter, request.Path.ToUriComponent() + request.QueryString.ToUriComponent());
            context.Response.Redirect(UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, context.Options.LoginPath, back));
        }

        return Task.CompletedTask;
    }

    /// <summary>Signed in, and may not: signing in again would not help.</summary>
    private static Task Refuse(RedirectContext<CookieAuthenticationOptions> context) => PageEndpoints.Message(
        context.HttpContext, StatusCodes.Status403Forbidden, "Your token only reads", "Sign in with the operator's token to do this.", ("Resources", "/resources")).ExecuteAsync(context.HttpContext);

    private static DirectoryInfo KeysFolder(DashboardOptions options)
    {
        var path = Path.Combine(options.Storage.Directory, "keys");
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
