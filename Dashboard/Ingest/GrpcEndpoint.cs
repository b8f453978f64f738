using System.Globalization;
using System.Net.Mime;
using Google.Protobuf;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>OTLP over gRPC: unary calls by hand, since one frame in and one frame out is all there is.</summary>
internal sealed class GrpcEndpoint(DashboardOptions options, Admission admission, ExportHandler handler, IngestCounters counters)
{
    private const string ContentType = "application/grpc";
    private readonly KeyCheck _keys = new(options.Otlp.PrimaryApiKey, options.Otlp.SecondaryApiKey);

    public async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsGrpc(request.ContentType))
        {
            context.Response.StatusCode = OtlpRoutes.OfGrpc(request.Path) == Signal.None
                ? StatusCodes.Status404NotFound
                : StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        var signal = OtlpRoutes.OfGrpc(request.Path);
        try
        {
            await AnswerAsync(context.Response, await ExportAsync(context, signal), context.RequestAborted);
        }
        catch (IngestException e)
        {
            Refuse(context, signal, e.Refusal, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            Refuse(context, signal, Refusal.Malformed, e.Message);
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

        if (signal == Signal.None)
        {
            throw new IngestException(Refusal.UnknownMethod, $"There is no method '{request.Path}'.");
        }

        var encoding = request.Headers["grpc-encoding"].ToString();
        if (encoding is not ("" or "identity" or "gzip"))
        {
            context.Response.Headers["grpc-accept-encoding"] = "identity,gzip";
            throw new IngestException(Refusal.UnknownEncoding, $"The encoding '{encoding}' is not known; gzip is.");
        }

        using var ticket = admission.Enter();
        using var body = await BodyReader.ReadAsync(request, ticket, GrpcFrame.HeaderLength, context.RequestAborted);
        var frame = GrpcFrame.Read(body.Written);
        if (!frame.IsPacked)
        {
            return await handler.HandleAsync(signal, MessageFormat.Protobuf, frame.Message, OtlpRoutes.PeerOf(context), ticket, context.RequestAborted);
        }

        if (encoding != "gzip")
        {
            throw new IngestException(Refusal.Malformed, "The frame is packed, but 'grpc-encoding' does not say how.");
        }

        using var unpacked = BodyReader.Unzip(frame.Message, ticket);
        return await handler.HandleAsync(signal, MessageFormat.Protobuf, unpacked.Written, OtlpRoutes.PeerOf(context), ticket, context.RequestAborted);
    }

    private static async Task AnswerAsync(HttpResponse response, ExportResponse message, CancellationToken ct)
    {
        response.ContentType = ContentType;
        var length = message.CalculateSize();
        var bytes = new byte[GrpcFrame.HeaderLength + length];
        GrpcFrame.WriteHeader(bytes, length);
        message.WriteTo(bytes.AsSpan(GrpcFrame.HeaderLength));
        response.AppendTrailer("grpc-status", "0");
        await response.Body.WriteAsync(bytes, ct);
    }

    // An error has no body and no trailers: all of it is in the headers, under HTTP 200.
    private void Refuse(HttpContext context, Signal signal, Refusal refusal, string message)
    {
        if (signal != Signal.None)
        {
            counters.Refused(OtlpRoutes.PeerOf(context), signal, refusal);
        }

        var response = context.Response;
        response.ContentType = ContentType;
        response.Headers["grpc-status"] = RefusalCodes.Grpc(refusal).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(message);
    }

    private static bool IsGrpc(string? contentType)
    {
        try
        {
            return contentType is not null && new ContentType(contentType).MediaType is ContentType or "application/grpc+proto";
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
