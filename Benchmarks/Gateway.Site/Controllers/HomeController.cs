using Gateway.Site.Models;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Site.Controllers;

/// <summary>A page, a form, and what the benchmark wants to know.</summary>
public sealed class HomeController(ConnectionCounter connections) : Controller
{
    /// <summary>A page of about 6 KB.</summary>
    public IActionResult Index() => View(Product.All);

    /// <summary>Takes a form and says what came in. No antiforgery token: the load generator sends the same bytes each time.</summary>
    [HttpPost("/order")]
    [IgnoreAntiforgeryToken]
    public IActionResult Order([FromForm] Order order) => ModelState.IsValid ? Json(order) : BadRequest(ModelState);

    /// <summary>The headers of this request as they came in.</summary>
    [HttpGet("/headers")]
    public IActionResult Headers() => Json(Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase));

    /// <summary>How many connections this replica has taken since its start.</summary>
    [HttpGet("/connections")]
    public IActionResult Connections() => Content($"{connections.Taken}");

    /// <summary>When something went wrong.</summary>
    [Route("/error")]
    public IActionResult Error() => Problem();
}
