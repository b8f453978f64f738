using Microsoft.AspNetCore.Http;

namespace Stack.ServiceDefaults.Requests;

/// <summary>How a request ended.</summary>
internal readonly record struct RequestOutcome(RouteName? Route, int StatusCode, Exception? Failure, TimeSpan Duration)
{
    public bool IsError => StatusCode >= StatusCodes.Status500InternalServerError || Failure is not null;

    /// <summary>OpenTelemetry's <c>error.type</c>: the exception's type, else the status; null when nothing failed.</summary>
    public string? ErrorType => Failure?.GetType().FullName ?? (IsError ? StatusCode.ToString() : null);

    public static RequestOutcome Of(ObservedRequest request, TimeSpan duration)
        => new(RouteName.Of(request.Asked), request.StatusCode, request.Failure, duration);
}
