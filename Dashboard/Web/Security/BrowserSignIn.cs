using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Stack.Dashboard.Settings;

namespace Stack.Dashboard.Web.Security;

/// <summary>Decides who is signed in, and signs in whoever has the token.</summary>
internal sealed partial class BrowserSignIn(DashboardOptions options, LoginThrottle throttle, ILogger<BrowserSignIn> logger)
{
    /// <summary>Name of the policy that the pages and their live streams require.</summary>
    public const string Policy = "Browser";

    /// <summary>Name of the policy that whatever changes something requires.</summary>
    public const string OperatorPolicy = "Operator";

    private const string Operator = "operator";
    private const string Reader = "viewer";

    /// <summary>True when this request may see the pages.</summary>
    public bool IsSignedIn(HttpContext context) => options.Frontend.AuthMode is FrontendAuthMode.Unsecured || context.User.Identity is { IsAuthenticated: true };

    /// <summary>True when this request may also change something. Without sign-in, everybody may.</summary>
    public bool IsOperator(HttpContext context) => options.Frontend.AuthMode is FrontendAuthMode.Unsecured || context.User.IsInRole(Operator);

    /// <summary>Who this is, for the audit.</summary>
    public string RoleOf(HttpContext context) => IsOperator(context) ? Operator : Reader;

    /// <summary>True when there is a session that can be ended.</summary>
    public bool CanSignOut(HttpContext context) => options.Frontend.AuthMode is not FrontendAuthMode.Unsecured && IsSignedIn(context);

    /// <summary>Checks the token; a right one gets a cookie.</summary>
    public async Task<SignInResult> SignInAsync(HttpContext context, string token)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (throttle.Wait(address) is { } wait)
        {
            LogThrottled(address);
            return new SignInResult(false, wait);
        }

        var role = Matches(token, options.Frontend.BrowserToken) ? Operator
            : Matches(token, options.Frontend.ViewerToken) ? Reader
            : null;
        if (role is null)
        {
            throttle.Fail(address);
            LogWrongToken(address);
            return new SignInResult(false, null);
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, role), new Claim(ClaimTypes.Role, role)], CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(new ClaimsPrincipal(identity), new AuthenticationProperties { IsPersistent = true });
        return new SignInResult(true, null);
    }

    /// <summary>Compares digests in fixed time, so that neither content nor length of the token shows in how long it takes.</summary>
    private static bool Matches(string token, string? expected) => !string.IsNullOrEmpty(expected) && CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(token)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));

    [LoggerMessage(7401, LogLevel.Warning, "A wrong login token came from {Address}.")]
    private partial void LogWrongToken(IPAddress address);

    [LoggerMessage(7402, LogLevel.Warning, "Too many wrong login tokens from {Address}; further ones are refused for a minute.")]
    private partial void LogThrottled(IPAddress address);
}

/// <summary>What became of a login.</summary>
/// <param name="Succeeded">The cookie is set.</param>
/// <param name="Wait">Too many wrong tokens: how long to wait.</param>
internal sealed record SignInResult(bool Succeeded, TimeSpan? Wait);
