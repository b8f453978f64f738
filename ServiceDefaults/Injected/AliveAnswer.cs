using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Stack.ServiceDefaults.Health;

namespace Stack.ServiceDefaults.Injected;

/// <summary>
/// Answers the one request that a supervisor makes to learn how busy the replica is. Every other request for <c>/alive</c> is the site's, which may have a page there.
/// </summary>
internal sealed class AliveAnswer : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, following) => AliveReport.IsAskedFor(context) ? AnswerAsync(context) : following(context));
        next(app);
    };

    private static Task AnswerAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.MetricsDisabled = true;
        }

        context.Response.Headers.CacheControl = "no-store";
        return AliveReport.WriteJsonAsync(context);
    }
}
