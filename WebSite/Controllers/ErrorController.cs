using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Stack.ServiceDefaults;
using WebSite.Models;

namespace WebSite.Controllers;

/// <summary>The page shown in place of a request that failed or found nothing; it names the trace, by which the dashboard finds it.</summary>
[IgnoreAntiforgeryToken] // a failed POST is executed again here as a POST
public sealed class ErrorController(InstanceIdentity identity) : Controller
{
    /// <summary>Explains the status; by itself the address does not exist.</summary>
    [Route("/error/{status:int?}")]
    public IActionResult Index(int status = StatusCodes.Status500InternalServerError)
    {
        if (HttpContext.Features.Get<IExceptionHandlerFeature>() is null && HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is null)
        {
            return NotFound();
        }

        Response.Headers.CacheControl = "no-store";
        var page = View(new ErrorPage(
            status, ReasonPhrases.GetReasonPhrase(status), Activity.Current?.TraceId.ToHexString() ?? HttpContext.TraceIdentifier, identity.Name));
        page.StatusCode = status;
        return page;
    }
}
