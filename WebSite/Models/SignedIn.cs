using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using WebSite.Data;

namespace WebSite.Models;

/// <summary>The member that a cookie speaks of. Every replica reads it by the shared key ring, none has to look anything up.</summary>
public static class SignedIn
{
    /// <summary>Number of the member; null: nobody is signed in.</summary>
    public static long? MemberId(this ClaimsPrincipal user)
        => long.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    internal static ClaimsPrincipal As(Member member) => new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, $"{member.Id}"), new(ClaimTypes.Name, member.Name)], CookieAuthenticationDefaults.AuthenticationScheme));
}
