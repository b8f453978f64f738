using System.Net.Mime;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>OTLP over HTTP, with bodies of protobuf or JSON; the answer is of the same kind.</summary>
internal sealed class HttpEndpoint(DashboardOptions options, Admission admission, ExportHandler handler, IngestCounters counters)
{
    private readonly OtlpCors _cors = new(options.Otlp);
    private readonly KeyCheck _keys = new(options.Otlp.PrimaryApiKey, options.Otlp.SecondaryApiKey);

    public async Task HandleAsync(HttpContext context)
    {
        var signal = OtlpRoutes.OfHttp(context.Request.Path);
        try
        {
            if (signal == Signal.None)
            {
                throw new IngestException(Refusal.UnknownMethod, $"There is nothing at '{context.Request.Path}'; telemetry goes to /v1/logs, /v1/traces and /v1/metrics.");
            }

            if (_cors.Answers(context))
            {
                return;
            }

            if (!HttpMethods.IsPost(context.Request.Method))
            {
                context.Response.Headers.Allow = "POST";
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                return;
            }

            var answer = await ExportAsync(context, signal);
            await WriteAsync(context, StatusCodes.Status200OK, FormatOf(context.Request).Write(answer, signal));
        }
        catch (IngestException e)
        {
            await RefuseAsync(context, signal, e.Refusal, RefusalCodes.Http(e.Refusal), e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, signal, Refusal.Malformed, e.StatusCode, e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The sender went away: there is nobody to answer.
            context.Abort();
        }
    }

    private async Task<ExportResponse> ExportAsync(HttpContext context, Signal signal)
    {
        var request = context.Request;
        if (options.Otlp.AuthMode == KeyAuthMode.ApiKey && !_keys.Accepts(request.Headers[OtlpRoutes.ApiKeyHeader]))
        {
            throw new IngestException(Refusal.Unauthenticated, $"The header '{OtlpRoutes.ApiKeyHeader}' is missing or wrong.");
        }

        var format = FormatOf(request);
        if (format == MessageFormat.Unknown)
        {
            throw new IngestException(
                Refusal.UnknownEncoding, $"The content type '{request.ContentType}' is not known; '{MessageFormats.Protobuf}' and '{MessageFormats.Json}' are.");
        }

        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "identity" or "gzip"))
        {
            throw new IngestException(Refusal.UnknownEncoding, $"The content encoding '{encoding}' is not known; gzip is.");
        }

        using var ticket = admission.Enter();
        using var body = await BodyReader.ReadAsync(request, ticket, 0, context.RequestAborted);
        if (encoding != "gzip")
        {
            return await handler.HandleAsync(signal, format, body.Written, OtlpRoutes.PeerOf(context), ticket, context.RequestAborted);
        }

        using var unpacked = BodyReader.Unzip(body.Written, ticket);
        return await handler.HandleAsync(signal, format, unpacked.Written, OtlpRoutes.PeerOf(context), ticket, context.RequestAborted);
    }

    private async Task RefuseAsync(HttpContext context, Signal signal, Refusal refusal, int status, string message)
    {
        if (signal != Signal.None)
        {
            counters.Refused(OtlpRoutes.PeerOf(context), signal, refusal);
        }

        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        await WriteAsync(context, status, FormatOf(context.Request).Write(new ErrorStatus { Code = RefusalCodes.Grpc(refusal), Message = message }));
    }

    private static async Task WriteAsync(HttpContext context, int status, byte[] body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = FormatOf(context.Request).MediaType();
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static MessageFormat FormatOf(HttpRequest request)
    {
        try
        {
            return string.IsNullOrWhiteSpace(request.ContentType) ? MessageFormat.Unknown : MessageFormats.Of(new ContentType(request.ContentType).MediaType);
        }
        catch (FormatException)
        {
            return MessageFormat.Unknown;
        }
    }
}
