using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Stack.ServiceDefaults.Requests;

/// <summary>Settings of the request summary: section <c>Stack:RequestSummary</c>.</summary>
internal sealed class RequestSummaryOptions
{
    public const string Section = "Stack:RequestSummary";

    /// <summary>Whether requests for static assets are logged too.</summary>
    public bool StaticAssets { get; set; } = true;
}

/// <summary>Writes one record for each request, in the category <c>Stack.Request</c>.</summary>
internal sealed partial class RequestSummary(ILoggerFactory loggers, IOptions<RequestSummaryOptions> options)
{
    private const string Nothing = "none";

    private readonly ILogger _logger = loggers.CreateLogger("Stack.Request");

    public void Write(HttpContext context, in RequestOutcome outcome)
    {
        var level = outcome.IsError ? LogLevel.Error : LogLevel.Information;
        if (!_logger.IsEnabled(level) || (outcome.Route?.IsStaticAsset == true && !options.Value.StaticAssets))
        {
            return;
        }

        var request = context.Request;
        var path = request.PathBase.Add(request.Path).ToUriComponent(); // escaped, so that a path can't forge a line of the console
        var milliseconds = Math.Round(outcome.Duration.TotalMilliseconds, 2);
        var route = outcome.Route?.StackRoute ?? Nothing;
        var client = context.Connection.RemoteIpAddress;
        if (outcome.IsError)
        {
            LogFailed(request.Method, path, outcome.StatusCode, milliseconds, route, client, outcome.ErrorType);
        }
        else
        {
            LogAnswered(request.Method, path, outcome.StatusCode, milliseconds, route, client);
        }
    }

    [LoggerMessage(9101, LogLevel.Information, "{Method} {Path} {StatusCode} in {Milliseconds} ms, route {Route}, client {Client}", SkipEnabledCheck = true)]
    private partial void LogAnswered(string method, string path, int statusCode, double milliseconds, string route, IPAddress? client);

    [LoggerMessage(9102, LogLevel.Error, "{Method} {Path} {StatusCode} in {Milliseconds} ms, route {Route}, client {Client}, error {ErrorType}", SkipEnabledCheck = true)]
    private partial void LogFailed(string method, string path, int statusCode, double milliseconds, string route, IPAddress? client, string? errorType);
}
