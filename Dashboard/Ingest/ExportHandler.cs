using Google.Protobuf;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>What both protocols do with a message once they have its bytes: parse, turn into rows, have them stored, count.</summary>
internal sealed class ExportHandler(RowMapper mapper, IngestCounters counters)
{
    private static readonly MessageParser<ExportLogsRequest> Logs = ExportLogsRequest.Parser.WithDiscardUnknownFields(true);
    private static readonly MessageParser<ExportTraceRequest> Traces = ExportTraceRequest.Parser.WithDiscardUnknownFields(true);
    private static readonly MessageParser<ExportMetricsRequest> Metrics = ExportMetricsRequest.Parser.WithDiscardUnknownFields(true);

    /// <exception cref="IngestException">It is not such a message, or there is no room.</exception>
    public Task<ExportResponse> HandleAsync(Signal signal, MessageFormat format, ReadOnlyMemory<byte> message, string peer, Admission.Ticket ticket, CancellationToken ct)
    {
        ticket.HoldForParsing(message.Length);
        return SubmitAsync(Map(signal, format == MessageFormat.Json ? ParseJson(signal, message.Span) : ParseProtobuf(signal, message.Span), peer), ticket, ct);
    }

    private static IMessage ParseJson(Signal signal, ReadOnlySpan<byte> message) => signal switch
    {
        Signal.Logs => OtlpJsonReader.Read<ExportLogsRequest>(message),
        Signal.Traces => OtlpJsonReader.Read<ExportTraceRequest>(message),
        _ => OtlpJsonReader.Read<ExportMetricsRequest>(message),
    };

    private static IMessage ParseProtobuf(Signal signal, ReadOnlySpan<byte> message)
    {
        try
        {
            MessageCount.Check(message, signal switch
            {
                Signal.Logs => ExportLogsRequest.Descriptor,
                Signal.Traces => ExportTraceRequest.Descriptor,
                _ => ExportMetricsRequest.Descriptor,
            });
            return signal switch
            {
                Signal.Logs => Logs.ParseFrom(message),
                Signal.Traces => Traces.ParseFrom(message),
                _ => Metrics.ParseFrom(message),
            };
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new IngestException(Refusal.Malformed, $"The body is not a valid message: {e.Message}");
        }
    }

    private MappedExport Map(Signal signal, IMessage message, string peer) => signal switch
    {
        Signal.Logs => mapper.Map((ExportLogsRequest)message, peer),
        Signal.Traces => mapper.Map((ExportTraceRequest)message, peer),
        _ => mapper.Map((ExportMetricsRequest)message, peer),
    };

    private async Task<ExportResponse> SubmitAsync(MappedExport export, Admission.Ticket ticket, CancellationToken ct)
    {
        await ticket.SubmitAsync(export.Batch, ct);
        foreach (var (instance, tally) in export.Tallies)
        {
            counters.Received(instance, tally.Signal, tally.Records, tally.Cut, tally.Unstorable);
        }

        var unstorable = export.Tallies.Values.Sum(tally => tally.Unstorable);
        return unstorable == 0
            ? new ExportResponse()
            : new ExportResponse { PartialSuccess = new PartialSuccess { Rejected = unstorable, ErrorMessage = "Spans need valid ids, values must be numbers." } };
    }
}
