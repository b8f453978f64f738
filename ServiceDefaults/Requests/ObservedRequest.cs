using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Stack.ServiceDefaults.Requests;

/// <summary>
/// What is learnt about one request on its way. It is the request's endpoint feature too, because an error page that is executed
/// in the request's place would otherwise pass for its endpoint.
/// </summary>
internal sealed class ObservedRequest(HttpContext context, RequestsInFlight counter) : IEndpointFeature
{
    private const int ClientClosedRequest = 499;

    private Endpoint? _current = context.GetEndpoint();
    private Exception? _unhandled;
    private Exception? _shown;
    private bool _longLived;

    /// <summary>The endpoint as the framework sees it.</summary>
    public Endpoint? Endpoint
    {
        get => _current;
        set
        {
            _current = value;
            if (value is not null && Asked is null && !IsErrorPage)
            {
                Asked = value;
            }
        }
    }

    /// <summary>The endpoint that the client asked for.</summary>
    public Endpoint? Asked { get; private set; } = context.GetEndpoint();

    /// <summary>
    /// The exception that ended the request, whether an error page hid it or not. Null for one that was answered by less than 500
    /// (a bad form, a client that went away): that is no fault of the replica.
    /// </summary>
    public Exception? Failure => StatusCode >= StatusCodes.Status500InternalServerError
        ? _unhandled ?? _shown ?? context.Features.Get<IExceptionHandlerFeature>()?.Error
        : IsCutOff ? _unhandled : null;

    public int StatusCode => _unhandled switch
    {
        null => context.Response.StatusCode,
        _ when IsAbandoned => ClientClosedRequest,
        _ when context.Response.HasStarted => context.Response.StatusCode,
        BadHttpRequestException refused => refused.StatusCode,
        _ => StatusCodes.Status500InternalServerError, // the server sets it after us
    };

    private bool IsCutOff => _unhandled is not null && !IsAbandoned && context.Response.HasStarted;

    private bool IsAbandoned => _unhandled is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested;

    private bool IsErrorPage
        => context.Features.Get<IExceptionHandlerFeature>() is not null || context.Features.Get<IStatusCodeReExecuteFeature>() is not null;

    public void Begin()
    {
        counter.Begin();
        context.Features.Set<IEndpointFeature>(this);
        context.Response.OnStarting(static state => ((ObservedRequest)state).ResponseStarting(), this);
    }

    public void End() => counter.End(_longLived);

    /// <summary>For an exception filter: remembers the exception and lets it pass.</summary>
    public bool NoteUnhandled(Exception exception)
    {
        _unhandled = exception;
        return false;
    }

    /// <summary>Remembers the exception that the developer's page shows: it leaves no feature behind, as other error pages do.</summary>
    public void NoteShown(Exception exception) => _shown = exception;

    private Task ResponseStarting()
    {
        if (IsWebSocket || context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true)
        {
            _longLived = true;
            counter.BecomeLongLived();
        }

        return Task.CompletedTask;
    }

    private bool IsWebSocket
        => context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols
            || (context.Response.StatusCode == StatusCodes.Status200OK && context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true });
}
