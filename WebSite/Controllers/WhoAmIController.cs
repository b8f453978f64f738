using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Stack.ServiceDefaults;
using WebSite.Models;

namespace WebSite.Controllers;

/// <summary>Says which replica answered, for people and load tests that want to see how requests are spread.</summary>
public sealed class WhoAmIController(InstanceIdentity identity, IOptionsSnapshot<WhoAmIOptions> options) : Controller
{
    /// <summary>Answers <c>{"replica":"site-8003","port":8003,"pid":4711}</c>; 404 when switched off.</summary>
    [HttpGet("/whoami")]
    public IActionResult Index()
    {
        if (!options.Value.Enabled)
        {
            return NotFound();
        }

        Response.Headers.CacheControl = "no-store";
        var answer = Json(Replica.Of(identity, HttpContext.Connection));
        answer.ContentType = "application/json";
        return answer;
    }
}
