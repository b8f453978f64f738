using Stack.Dashboard.Ingest;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Ingest;

namespace Stack.Dashboard.Tests;

/// <summary>Metrics of one replica as an exporter sends them; times are seconds after <see cref="Samples.Time"/>.</summary>
internal sealed class SentMetrics(string instance = "site-8001", string meter = "Site", string service = "site")
{
    private const int Cumulative = 2;
    private const int DeltaKind = 1;
    private readonly ScopeMetrics _scope = new() { Scope = new Scope { Name = meter } };

    /// <summary>When the process began, for everything that counts; null = the sender does not say.</summary>
    public double? Start { get; init; }

    public string Unit { get; init; } = "";

    public string Description { get; init; } = "";

    public DateTimeOffset Origin { get; init; } = Samples.Time;

    public SentMetrics Counter(string name, double at, double value, params (string, string)[] attributes) =>
        Sum(name, at, value, Cumulative, true, attributes);

    public SentMetrics Delta(string name, double at, double value, params (string, string)[] attributes) => Sum(name, at, value, DeltaKind, true, attributes);

    public SentMetrics UpDown(string name, double at, double value, params (string, string)[] attributes) => Sum(name, at, value, Cumulative, false, attributes);

    public SentMetrics Gauge(string name, double at, double value, params (string, string)[] attributes)
    {
        var point = new NumberPoint { TimeUnixNano = Nanoseconds(at), AsDouble = value };
        Fill(point.Attributes, attributes);
        return Add(name, new Metric { Gauge = new Gauge { DataPoints = { point } } });
    }

    /// <param name="name">Of the instrument.</param>
    /// <param name="at">Seconds.</param>
    /// <param name="bounds">Upper ones.</param>
    /// <param name="counts">One more than bounds.</param>
    /// <param name="sum">Of all values.</param>
    /// <param name="exemplar">A value and its trace.</param>
    /// <param name="attributes">Its dimensions.</param>
    public SentMetrics Histogram(
        string name, double at, double[] bounds, ulong[] counts, double sum = 0, (double Value, string Trace)? exemplar = null, params (string, string)[] attributes)
    {
        var point = new HistogramPoint
        {
            TimeUnixNano = Nanoseconds(at), StartTimeUnixNano = StartTime(), Count = counts.Aggregate(0UL, (a, b) => a + b), Sum = sum,
            ExplicitBounds = { bounds }, BucketCounts = { counts },
        };
        if (exemplar is { } e)
        {
            point.Exemplars.Add(new Exemplar { AsDouble = e.Value, TimeUnixNano = Nanoseconds(at), TraceId = Google.Protobuf.ByteString.CopyFrom(Convert.FromHexString(e.Trace)) });
        }

        Fill(point.Attributes, attributes);
        return Add(name, new Metric { Histogram = new Histogram { AggregationTemporality = Cumulative, DataPoints = { point } } });
    }

    public SentMetrics Exponential(string name, double at, int scale, int offset, ulong[] counts, params (string, string)[] attributes)
    {
        var point = new ExponentialPoint
        {
            TimeUnixNano = Nanoseconds(at), StartTimeUnixNano = StartTime(), Count = counts.Aggregate(0UL, (a, b) => a + b), Scale = scale,
            Positive = new ExponentialPoint.Types.Buckets { Offset = offset, BucketCounts = { counts } },
        };
        Fill(point.Attributes, attributes);
        return Add(name, new Metric { ExponentialHistogram = new ExponentialHistogram { AggregationTemporality = Cumulative, DataPoints = { point } } });
    }

    public SentMetrics Summary(string name, double at, ulong count, double sum, params (double, double)[] quantiles)
    {
        var point = new SummaryPoint { TimeUnixNano = Nanoseconds(at), StartTimeUnixNano = StartTime(), Count = count, Sum = sum };
        point.QuantileValues.AddRange(quantiles.Select(q => new SummaryPoint.Types.Quantile { Quantile_ = q.Item1, Value = q.Item2 }));
        return Add(name, new Metric { Summary = new Summary { DataPoints = { point } } });
    }

    public ResourceMetrics ToOtlp() => new()
    {
        Resource = new Resource { Attributes = { Messages.Text("service.name", service), Messages.Text("service.instance.id", instance) } },
        ScopeMetrics = { _scope },
    };

    public static ExportMetricsRequest Request(params IEnumerable<SentMetrics> senders)
    {
        var request = new ExportMetricsRequest();
        request.ResourceMetrics.AddRange(senders.Select(sender => sender.ToOtlp()));
        return request;
    }

    /// <summary>The rows that an ingest of them makes.</summary>
    public static TelemetryBatch Rows(params IEnumerable<SentMetrics> senders)
    {
        using var mapper = new RowMapper(new TelemetryLimits(), TimeProvider.System);
        return mapper.Map(Request(senders), "peer").Batch;
    }

    private SentMetrics Sum(string name, double at, double value, int temporality, bool isMonotonic, (string, string)[] attributes)
    {
        var point = new NumberPoint { TimeUnixNano = Nanoseconds(at), StartTimeUnixNano = StartTime() };
        if (value == Math.Floor(value))
        {
            point.AsInt = (long)value;
        }
        else
        {
            point.AsDouble = value;
        }

        Fill(point.Attributes, attributes);
        return Add(name, new Metric { Sum = new Sum { AggregationTemporality = temporality, IsMonotonic = isMonotonic, DataPoints = { point } } });
    }

    private SentMetrics Add(string name, Metric metric)
    {
        (metric.Name, metric.Unit, metric.Description) = (name, Unit, Description);
        _scope.Metrics.Add(metric);
        return this;
    }

    private ulong StartTime() => Start is { } start ? Nanoseconds(start) : 0;

    private ulong Nanoseconds(double seconds) => (ulong)(Origin.ToUnixTimeMilliseconds() + (long)(seconds * 1000)) * 1_000_000;

    private static void Fill(Google.Protobuf.Collections.RepeatedField<KeyValue> target, (string, string)[] attributes) =>
        target.AddRange(attributes.Select(attribute => Messages.Text(attribute.Item1, attribute.Item2)));
}
