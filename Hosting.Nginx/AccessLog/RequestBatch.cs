namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>Requests as OTLP: a span for each, with an event for each try when there were several, and a log record for each that somebody should look at.</summary>
/// <param name="instance">Name of Nginx's resource.</param>
/// <param name="replicaOf">Name of the replica at an address.</param>
/// <param name="settings">What is masked, and what is slow.</param>
internal sealed class RequestBatch(string instance, Func<string, string> replicaOf, AccessLogSettings settings)
{
    /// <summary>Under this name the dashboard shows who tells of the requests.</summary>
    public const string ServiceName = "nginx";

    private const string Scope = "Stack.Nginx.AccessLog";
    private const string Template = "{Method} {Path} answered {Status} after {Milliseconds} ms by {Replica}; tries: {Tries}";
    private const int Server = 2;
    private const int StatusError = 2;
    private const int SeverityWarning = 13;
    private const int SeverityError = 17;
    private const int MaxText = 2048;
    private const int MaxUserAgent = 512;

    private readonly OtlpMessage _spans = new(ServiceName, instance, Scope);
    private readonly OtlpMessage _logs = new(ServiceName, instance, Scope);
    private readonly QueryMask _mask = new(settings.MaskedParameters);
    private readonly long _slow = settings.SlowRequest.Ticks * 100;

    /// <summary>ExportTraceServiceRequest; empty without requests.</summary>
    public ReadOnlyMemory<byte> Spans => _spans.Complete();

    /// <summary>ExportLogsServiceRequest; empty when there is nothing to look at.</summary>
    public ReadOnlyMemory<byte> Logs => _logs.Complete();

    public void Clear()
    {
        _spans.Clear();
        _logs.Clear();
    }

    public void Add(AccessLine line)
    {
        var (path, query) = _mask.Split(line.Uri);
        AddSpan(line, Cut(path), Cut(query));
        if (line.Status >= 500 || line.Retries > 0 || UntilAnswer(line) > _slow)
        {
            AddRecord(line, Cut(path));
        }
    }

    private void AddSpan(AccessLine line, string path, string query)
    {
        var proto = _spans.Writer;
        var span = _spans.BeginRecord();
        proto.Hex(1, line.TraceId);
        proto.Hex(2, line.SpanId);
        if (line.ParentSpanId is { } parent)
        {
            proto.Hex(4, parent);
        }

        proto.Text(5, Cut(line.Method, 32));
        proto.Number(6, Server);
        proto.Fixed(7, line.Start);
        proto.Fixed(8, line.End);
        AddAttributes(line, path, query);
        if (line.Retries > 0)
        {
            AddTries(line);
        }

        if (line.Status >= 500)
        {
            var status = proto.Begin(15);
            proto.Number(3, StatusError);
            proto.End(status);
        }

        proto.End(span);
    }

    private void AddAttributes(AccessLine line, string path, string query)
    {
        const int field = 9;
        var proto = _spans.Writer;
        proto.Attribute(field, "http.request.method", Cut(line.Method, 32));
        proto.Attribute(field, "url.path", path);
        if (query.Length > 0)
        {
            proto.Attribute(field, "url.query", query);
        }

        proto.Attribute(field, "url.scheme", line.Scheme);
        proto.Attribute(field, "http.response.status_code", line.Status);
        proto.Attribute(field, "network.protocol.version", line.Protocol.StartsWith("HTTP/", StringComparison.Ordinal) ? line.Protocol[5..] : line.Protocol);
        proto.Attribute(field, "client.address", line.Client);
        proto.Attribute(field, "server.address", Cut(line.Host, 256));
        proto.Attribute(field, "http.request.size", line.BytesIn);
        proto.Attribute(field, "http.response.size", line.BytesOut);
        proto.Attribute(field, "stack.request_id", line.RequestId);
        if (line.UserAgent.Length > 0)
        {
            proto.Attribute(field, "user_agent.original", Cut(line.UserAgent, MaxUserAgent));
        }

        if (line.Referer.Length > 0)
        {
            proto.Attribute(field, "http.request.header.referer", Cut(_mask.Url(line.Referer)));
        }

        if (line.Tries is [.., var last])
        {
            proto.Attribute(field, "stack.upstream", replicaOf(last.Address));
            proto.Attribute(field, "stack.upstream.address", last.Address);
            proto.Attribute(field, "stack.retries", line.Retries);
            AddTimes(field, last);
        }
    }

    private void AddTries(AccessLine line)
    {
        // One after the other; what comes before the first one is the client's sending.
        var time = Math.Max(line.Start, line.End - line.Tries.Sum(tried => tried.Response ?? 0));
        var proto = _spans.Writer;
        foreach (var tried in line.Tries)
        {
            var item = proto.Begin(11);
            proto.Fixed(1, time);
            proto.Text(2, "stack.try");
            proto.Attribute(3, "stack.upstream", replicaOf(tried.Address));
            proto.Attribute(3, "stack.upstream.address", tried.Address);
            if (tried.Status is { } status)
            {
                proto.Attribute(3, "http.response.status_code", status);
            }

            AddTimes(3, tried);
            proto.End(item);
            time += tried.Response ?? 0;
        }
    }

    private void AddTimes(int field, UpstreamTry tried)
    {
        Add("stack.upstream.connect", tried.Connect);
        Add("stack.upstream.header", tried.Header);
        Add("stack.upstream.response", tried.Response);

        void Add(string name, long? nanoseconds)
        {
            if (nanoseconds is { } time)
            {
                _spans.Writer.Attribute(field, name, time / 1e9);
            }
        }
    }

    private void AddRecord(AccessLine line, string path)
    {
        const int field = 6;
        var replica = line.Tries is [.., var last] ? replicaOf(last.Address) : instance;
        var tries = string.Join(", ", line.Tries.Select(tried => $"{replicaOf(tried.Address)} {tried.Status}"));
        var milliseconds = line.Duration / 1_000_000;
        var proto = _logs.Writer;
        var record = _logs.BeginRecord();
        proto.Fixed(1, line.End);
        proto.Number(2, line.Status >= 500 ? SeverityError : SeverityWarning);
        proto.Text(3, line.Status >= 500 ? "Error" : "Warning");
        var body = proto.Begin(5);
        proto.Text(1, $"{Cut(line.Method, 32)} {path} answered {line.Status} after {milliseconds} ms by {replica}{(tries.Length > 0 ? $"; tries: {tries}" : "")}");
        proto.End(body);
        proto.Attribute(field, "{OriginalFormat}", Template);
        proto.Attribute(field, "Method", Cut(line.Method, 32));
        proto.Attribute(field, "Path", path);
        proto.Attribute(field, "Status", line.Status);
        proto.Attribute(field, "Milliseconds", milliseconds);
        proto.Attribute(field, "Replica", replica);
        proto.Attribute(field, "Tries", tries);
        proto.Hex(9, line.TraceId);
        proto.Hex(10, line.SpanId);
        proto.Fixed(11, line.End);
        proto.End(record);
    }

    /// <summary>Until the answer began: how long the rest took is up to the client, and a WebSocket or a stream of events may go on for hours.</summary>
    private static long UntilAnswer(AccessLine line) =>
        line.Tries is [.., var last] ? line.Tries.SkipLast(1).Sum(tried => tried.Response ?? 0) + (last.Header ?? last.Response ?? 0) : line.Duration;

    private static string Cut(string text, int length = MaxText) => text.Length <= length ? text : text[..length];
}
