using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Stack.ServiceDefaults;
using WebSite.Models;

namespace WebSite.Controllers;

/// <summary>The home page and its form. Nothing is kept in the process, so that every request may land on another replica.</summary>
public sealed class HomeController(InstanceIdentity identity, IOptionsSnapshot<WhoAmIOptions> whoAmI) : Controller
{
    /// <summary>Shows which replica made the page, the form, and the greeting that was sent just before.</summary>
    [HttpGet]
    public IActionResult Index() => View(Page(new GreetingForm(), Greeting.TakeFrom(TempData)));

    /// <summary>Takes a greeting and answers by a redirect. What the next page shows travels in a protected cookie.</summary>
    [HttpPost]
    public IActionResult Greet(GreetingForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (!ModelState.IsValid)
        {
            var page = View(nameof(Index), Page(form, sent: null));
            page.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return page;
        }

        new Greeting(form.Name!.Trim(), form.Message!.Trim(), identity.Name).PutInto(TempData);
        return RedirectToAction(nameof(Index));
    }

    private HomePage Page(GreetingForm form, Greeting? sent)
        => new(Replica.Of(identity, HttpContext.Connection), identity.Version.Split('+')[0], form, sent, whoAmI.Value.Enabled);
}
