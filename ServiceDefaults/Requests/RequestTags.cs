using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Stack.ServiceDefaults.Requests;

/// <summary>Adds to the framework's span and metric of a request what it leaves out. Query strings, cookies and Authorization stay out.</summary>
internal static class RequestTags
{
    public static void Set(HttpContext context, in RequestOutcome outcome)
    {
        if (outcome.Route is { } route && context.Features.Get<IHttpMetricsTagsFeature>() is { MetricsDisabled: false } metrics)
        {
            metrics.Tags.Add(new("stack.route", route.StackRoute));
        }

        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } activity)
        {
            Set(activity, context.Request, outcome);
        }
    }

    private static void Set(Activity activity, HttpRequest request, in RequestOutcome outcome)
    {
        activity.DisplayName = outcome.Route is null ? request.Method : $"{request.Method} {outcome.Route.StackRoute}";
        activity.SetTag("http.route", outcome.Route?.HttpRoute);
        activity.SetTag("stack.route", outcome.Route?.StackRoute);
        activity.SetTag("http.response.status_code", outcome.StatusCode);
        activity.SetTag("network.protocol.version", request.Protocol.StartsWith("HTTP/", StringComparison.Ordinal) ? request.Protocol[5..] : request.Protocol);
        if (!outcome.IsError)
        {
            return;
        }

        activity.SetTag("error.type", outcome.ErrorType);
        activity.SetStatus(ActivityStatusCode.Error);
        if (outcome.Failure is { } failure)
        {
            activity.AddException(failure);
        }
    }
}
