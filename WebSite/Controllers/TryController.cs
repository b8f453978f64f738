using Microsoft.AspNetCore.Mvc;
using Stack.ServiceDefaults;

namespace WebSite.Controllers;

/// <summary>A slow page and a failing one, for trying out what the dashboard, the gateway and a time-out make of them.</summary>
public sealed partial class TryController(InstanceIdentity identity, ILogger<TryController> logger) : Controller
{
    private const int LongestDelay = 30_000;

    /// <summary>Answers after <paramref name="milliseconds"/>, between 0 and 30,000.</summary>
    [HttpGet("/slow")]
    public async Task<IActionResult> Slow(CancellationToken cancellationToken, int milliseconds = 1000)
    {
        var delay = Math.Clamp(milliseconds, 0, LongestDelay);
        LogSlow(delay);
        await Task.Delay(delay, cancellationToken);
        return Text($"{identity.Name} took its time: {delay} ms.");
    }

    /// <summary>Fails while it looks for an order, as a page with a mistake in it would.</summary>
    [HttpGet("/fail")]
    public IActionResult Fail(int order = 42)
    {
        LogLooking(order);
        Dictionary<int, string> orders = [];
        try
        {
            return Text(orders[order]);
        }
        catch (KeyNotFoundException e)
        {
            throw new InvalidOperationException($"Order {order} can't be shown: it is in no list.", e);
        }
    }

    private ContentResult Text(string text)
    {
        Response.Headers.CacheControl = "no-store";
        return Content(text);
    }

    [LoggerMessage(1, LogLevel.Information, "A page that needs {Milliseconds} ms was asked for.")]
    private partial void LogSlow(int milliseconds);

    [LoggerMessage(2, LogLevel.Information, "Looking for order {Order}.")]
    private partial void LogLooking(int order);
}
