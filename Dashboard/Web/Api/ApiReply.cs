using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Api;

/// <summary>How the telemetry API answers.</summary>
internal static class ApiReply
{
    /// <summary><c>{data: …, totalCount, returnedCount}</c>.</summary>
    public static PushStreamHttpResult Of(Action<Utf8JsonWriter> writeData, ReplyFigures figures, CancellationToken ct) => TypedResults.Stream(
        async body =>
        {
            await using var json = new Utf8JsonWriter(body);
            json.WriteStartObject();
            json.WriteStartObject("data");
            writeData(json);
            json.WriteEndObject();
            json.WriteNumber("totalCount", figures.Total);
            if (figures.IsAtLeast)
            {
                json.WriteBoolean("totalIsAtLeast", true);
            }

            json.WriteNumber("returnedCount", figures.Returned);
            if (figures.Cursor is { } cursor)
            {
                json.WriteString("cursor", cursor.ToString(CultureInfo.InvariantCulture));
            }

            if (figures.IsPartial)
            {
                json.WriteBoolean("isPartial", true);
            }

            json.WriteEndObject();
            await json.FlushAsync(ct);
        },
        MediaTypeNames.Application.Json);

    /// <summary>One JSON object a line, without an end.</summary>
    public static PushStreamHttpResult Lines(Func<Stream, Task> write) => TypedResults.Stream(write, "application/x-ndjson");

    /// <summary>The answer to a name that nobody has; null when all are known.</summary>
    public static ProblemHttpResult? Unknown(IReadOnlyList<string> names, LogQueries queries)
    {
        var known = queries.Resources();
        return names.FirstOrDefault(name => !known.Any(resource => resource.IsNamed(name))) is { } unknown
            ? TypedResults.Problem(
                $"There is no resource '{unknown}'. Known: {(known.Count == 0 ? "none yet" : string.Join(", ", known.Select(resource => resource.DisplayName)))}.",
                statusCode: StatusCodes.Status404NotFound)
            : null;
    }
}

/// <summary>What stands beside the data.</summary>
/// <param name="Total">Matches before the limit.</param>
/// <param name="Returned">Matches in the data.</param>
/// <param name="Cursor">Ours: what to give as <c>after</c> to get what comes next.</param>
/// <param name="IsPartial">Ours: the deadline passed before everything was read.</param>
internal sealed record ReplyFigures(long Total, long Returned, long? Cursor, bool IsPartial)
{
    /// <summary>Ours: there are more, which were not counted.</summary>
    public bool IsAtLeast { get; init; }
}
