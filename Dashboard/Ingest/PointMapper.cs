using Google.Protobuf;
using Google.Protobuf.Collections;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>The points of one sender's metrics to rows.</summary>
internal sealed class PointMapper(AttributeWriter writer, ResourceInfo resource, TelemetryBatch batch, Tally tally, DateTimeOffset now)
{
    private const int MaxNameLength = 256;
    private const int MaxDescriptionLength = 1024;
    private const int MaxExemplars = 10;
    private const uint NoRecordedValue = 1;

    // Deltas: each point counts, so none may be left out because it equals the last one.
    private const int Delta = 1;

    public void Map(Metric metric, ScopeInfo scope)
    {
        switch (metric.DataCase)
        {
            case Metric.DataOneofCase.Gauge:
                MapNumbers(metric, scope, "gauge", metric.Gauge.DataPoints, isDelta: false);
                break;
            case Metric.DataOneofCase.Sum:
                var sum = metric.Sum;
                var type = sum.IsMonotonic ? "sum" : "updown";
                MapNumbers(metric, scope, TypeOf(type, sum.AggregationTemporality), sum.DataPoints, sum.AggregationTemporality == Delta);
                break;
            case Metric.DataOneofCase.Histogram:
                MapHistograms(metric, scope);
                break;
            case Metric.DataOneofCase.ExponentialHistogram:
                MapExponentials(metric, scope);
                break;
            case Metric.DataOneofCase.Summary:
                foreach (var point in metric.Summary.DataPoints)
                {
                    writer.Begin();
                    var attributes = Take(point.Attributes);
                    var row = Blob(point.TimeUnixNano, point, point.Count, isDelta: false, null);
                    Add(metric, scope, "summary", attributes, row with { Start = StartOf(point.StartTimeUnixNano) }, point.Flags);
                }

                break;
        }
    }

    private void MapNumbers(Metric metric, ScopeInfo scope, string type, RepeatedField<NumberPoint> points, bool isDelta)
    {
        foreach (var point in points)
        {
            var isReal = point.ValueCase == NumberPoint.ValueOneofCase.AsDouble;
            if (point.ValueCase == NumberPoint.ValueOneofCase.None || (isReal && !double.IsFinite(point.AsDouble)))
            {
                tally.Unstorable += (point.Flags & NoRecordedValue) == 0 ? 1 : 0;
                continue;
            }

            writer.Begin();
            var row = new PointRow
            {
                Time = TimeOf(point.TimeUnixNano),
                                Real = isReal ? point.AsDouble : null,
                Integer = isReal ? null : point.AsInt,
                Progress = isDelta ? double.NaN : isReal ? point.AsDouble : point.AsInt,
                Start = StartOf(point.StartTimeUnixNano),
                ExemplarsJson = Exemplars(point.Exemplars),
            };
            Add(metric, scope, type, point.Attributes, row, point.Flags);
        }
    }

    private void MapHistograms(Metric metric, ScopeInfo scope)
    {
        var histogram = metric.Histogram;
        var type = TypeOf("histogram", histogram.AggregationTemporality);
        foreach (var point in histogram.DataPoints)
        {
            writer.Begin();
            var attributes = Take(point.Attributes);
            var exemplars = Exemplars(point.Exemplars);
            point.Exemplars.Clear();
            var row = Blob(point.TimeUnixNano, point, point.Count, histogram.AggregationTemporality == Delta, exemplars);
            Add(metric, scope, type, attributes, row with { Start = StartOf(point.StartTimeUnixNano) }, point.Flags);
        }
    }

    private void MapExponentials(Metric metric, ScopeInfo scope)
    {
        var histogram = metric.ExponentialHistogram;
        var type = TypeOf("exponential", histogram.AggregationTemporality);
        foreach (var point in histogram.DataPoints)
        {
            writer.Begin();
            var attributes = Take(point.Attributes);
            var exemplars = Exemplars(point.Exemplars);
            point.Exemplars.Clear();
            var row = Blob(point.TimeUnixNano, point, point.Count, histogram.AggregationTemporality == Delta, exemplars);
            Add(metric, scope, type, attributes, row with { Start = StartOf(point.StartTimeUnixNano) }, point.Flags);
        }
    }

    private void Add(Metric metric, ScopeInfo scope, string type, RepeatedField<KeyValue> attributes, PointRow row, uint flags)
    {
        if ((flags & NoRecordedValue) != 0)
        {
            return;
        }

        var series = new SeriesInfo(
            scope, writer.CutText(metric.Name, MaxNameLength), writer.CutText(metric.Unit, MaxNameLength), type, writer.Object(InOrder(attributes)));
        batch.Add(new PointDraft(resource, series, row, writer.CutText(metric.Description, MaxDescriptionLength)));
        tally.Records++;
        tally.Cut += writer.Cut;
    }

    private PointRow Blob(ulong nanoseconds, IMessage withoutAttributes, ulong count, bool isDelta, string? exemplars) => new()
    {
        Time = TimeOf(nanoseconds),
        Histogram = withoutAttributes.ToByteArray(),
        Progress = isDelta ? double.NaN : count,
        ExemplarsJson = exemplars,
    };

    // They belong to the series: the stored message goes without.
    private static RepeatedField<KeyValue> Take(RepeatedField<KeyValue> attributes)
    {
        var taken = attributes.Clone();
        attributes.Clear();
        return taken;
    }

    // The same attributes in another order are the same series.
    private static RepeatedField<KeyValue> InOrder(RepeatedField<KeyValue> attributes)
    {
        for (var i = 1; i < attributes.Count; i++)
        {
            if (string.CompareOrdinal(attributes[i - 1].Key, attributes[i].Key) > 0)
            {
                return [.. attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal)];
            }
        }

        return attributes;
    }

    private string? Exemplars(RepeatedField<Exemplar> exemplars) => writer.List(exemplars, MaxExemplars, (json, exemplar) =>
    {
        json.WriteStartObject();
        json.WriteNumber("t", UnixTicks.Of(UnixTicks.FromNanoseconds(exemplar.TimeUnixNano)));
        json.WritePropertyName("v");
        AttributeWriter.WriteNumber(json, exemplar.ValueCase == Exemplar.ValueOneofCase.AsInt ? exemplar.AsInt : exemplar.AsDouble);
        json.WriteString("trace", RowMapper.Id(exemplar.TraceId, 16));
        json.WriteString("span", RowMapper.Id(exemplar.SpanId, 8));
        if (exemplar.FilteredAttributes.Count > 0)
        {
            json.WritePropertyName("attrs");
            writer.WriteObject(exemplar.FilteredAttributes);
        }

        json.WriteEndObject();
    });

    private static DateTimeOffset? StartOf(ulong nanoseconds) => nanoseconds == 0 ? null : UnixTicks.FromNanoseconds(nanoseconds);

    private DateTimeOffset TimeOf(ulong nanoseconds) => nanoseconds == 0 ? now : UnixTicks.FromNanoseconds(nanoseconds);

    private static string TypeOf(string kind, int temporality) => kind + (temporality == Delta ? ":delta" : ":cumulative");
}
