using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Stack.ServiceDefaults.Health;

namespace Stack.ServiceDefaults.Requests;

/// <summary>Completes each request's span and metric, counts it while it is in flight, and has its summary written at the end.</summary>
internal sealed class RequestObserver(RequestDelegate next, RequestsInFlight counter, RequestSummary summary, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
        => HealthPaths.Contains(context.Request.Path) ? ProbeAsync(context) : ObserveAsync(context);

    // Probes would fill the figures of a quiet site. The flags are cleared first, so that a parent-based sampler drops children too.
    private Task ProbeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { } activity)
        {
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            activity.IsAllDataRequested = false;
        }

        return next(context);
    }

    private async Task ObserveAsync(HttpContext context)
    {
        var start = time.GetTimestamp();
        var request = new ObservedRequest(context, counter);
        request.Begin();
        try
        {
            await next(context);
        }
        catch (Exception exception) when (request.NoteUnhandled(exception))
        {
            throw; // never reached: the filter only takes a note
        }
        finally
        {
            var outcome = RequestOutcome.Of(request, time.GetElapsedTime(start));
            RequestTags.Set(context, outcome);
            summary.Write(context, outcome);

            // From here on only the framework's metrics ask for it: they are to have the route that was asked for, not the error page's.
            request.Endpoint = outcome.Route?.IsStaticAsset == true ? RouteName.StaticAssetEndpoint : request.Asked;
            request.End();
        }
    }
}
