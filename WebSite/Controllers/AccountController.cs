using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using WebSite.Data;
using WebSite.Models;

namespace WebSite.Controllers;

/// <summary>Signing up, in and out.</summary>
public sealed class AccountController(MemberStore members) : Controller
{
    /// <summary>The form to sign in.</summary>
    [HttpGet("/sign-in")]
    public IActionResult SignIn(string? returnUrl) => Form(returnUrl);

    /// <summary>Signs in.</summary>
    [HttpPost("/sign-in")]
    public async Task<IActionResult> SignIn(MemberForm form, string? returnUrl, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (!ModelState.IsValid)
        {
            return Refused(form, returnUrl);
        }

        switch (await members.SignInAsync(form.Name!.Trim(), form.Password!, cancellationToken))
        {
            case { Member: { } member }:
                return await EnterAsync(member, returnUrl);
            case { Pause: { } pause }:
                var seconds = $"{Math.Ceiling(pause.TotalSeconds)}";
                Response.Headers.RetryAfter = seconds;
                ModelState.AddModelError(nameof(MemberForm.Password), $"That was not right too often. Please wait {seconds} seconds, then try again.");
                return Refused(form, returnUrl, StatusCodes.Status429TooManyRequests);
            default:
                ModelState.AddModelError(nameof(MemberForm.Password), "Name or password is not right.");
                return Refused(form, returnUrl);
        }
    }

    /// <summary>The form to sign up.</summary>
    [HttpGet("/sign-up")]
    public IActionResult SignUp(string? returnUrl) => Form(returnUrl);

    /// <summary>Signs up, and in.</summary>
    [HttpPost("/sign-up")]
    public async Task<IActionResult> SignUp(MemberForm form, string? returnUrl, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (!ModelState.IsValid)
        {
            return Refused(form, returnUrl);
        }

        if (await members.SignUpAsync(form.Name!.Trim(), form.Password!, cancellationToken) is { } member)
        {
            return await EnterAsync(member, returnUrl);
        }

        ModelState.AddModelError(nameof(MemberForm.Name), "That name is taken. Please choose another one, or sign in.");
        return Refused(form, returnUrl);
    }

    /// <summary>Signs out.</summary>
    [HttpPost("/sign-out")]
    public async Task<IActionResult> Leave()
    {
        await HttpContext.SignOutAsync();
        return LocalRedirect("~/");
    }

    private ViewResult Form(string? returnUrl)
    {
        ViewData["ReturnUrl"] = returnUrl;
        return View(new MemberForm());
    }

    private ViewResult Refused(MemberForm form, string? returnUrl, int status = StatusCodes.Status422UnprocessableEntity)
    {
        ViewData["ReturnUrl"] = returnUrl;
        var page = View(form);
        page.StatusCode = status;
        return page;
    }

    private async Task<IActionResult> EnterAsync(Member member, string? returnUrl)
    {
        await HttpContext.SignInAsync(SignedIn.As(member), new AuthenticationProperties { IsPersistent = true });
        return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl! : "~/");
    }
}
