using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Web.Pages;

/// <summary>Routes of the structured logs: the page, one record, and the parts that a script fetches anew.</summary>
internal static class LogEndpoints
{
    public static void MapLogs(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/structuredlogs", PageAsync);
        pages.MapGet("/structuredlogs/resource/{name}", (string name, [AsParameters] LogRequest request, HttpContext context, LogPages logs, CancellationToken cancellationToken) =>
            PageAsync(request with { Resource = [.. request.Resource, PageEndpoints.NameOf(name)] }, null, null, null, context, logs, cancellationToken));
        pages.MapGet("/structuredlogs/record/{id:long}", JsonAsync);
        pages.MapGet("/fragments/record", RecordAsync);
        pages.MapGet("/fragments/histogram", HistogramAsync);
    }

    private static async Task<IResult> PageAsync(
        [AsParameters] LogRequest request, [FromQuery(Name = "field")] string? field, [FromQuery(Name = "op")] string? operation, [FromQuery(Name = "value")] string? value,
        HttpContext context, LogPages logs, CancellationToken cancellationToken)
    {
        if (LogCondition.Read(field, operation, value) is { } term)
        {
            return Results.Redirect((request with { Text = SearchExpression.With(request.Text, term) }).Address());
        }

        var viewer = PageEndpoints.ViewerOf(context);
        return new RazorComponentResult<StructuredLogsPage>(new { Model = await logs.PageAsync(request, viewer, cancellationToken), Viewer = viewer });
    }

    private static async Task<RazorComponentResult<LogRecord>> RecordAsync(
        [AsParameters] LogRequest request, HttpContext context, LogPages logs, CancellationToken cancellationToken)
    {
        var model = await logs.RecordAsync(request, PageEndpoints.ViewerOf(context), cancellationToken);
        return new RazorComponentResult<LogRecord>(new { Model = model, Missing = model is null ? request.Address(request.BeforeId) : null });
    }

    private static async Task<RazorComponentResult<HistogramView>> HistogramAsync(
        [AsParameters] LogRequest request, HttpContext context, LogPages logs, CancellationToken cancellationToken) =>
        new(new { Model = await logs.HistogramAsync(request, cancellationToken), Viewer = PageEndpoints.ViewerOf(context) });

    private static async Task<IResult> JsonAsync(long id, LogQueries queries, CancellationToken cancellationToken)
    {
        if (await queries.FindAsync(id, cancellationToken) is not { } row)
        {
            return Results.NotFound();
        }

        using var stream = new MemoryStream();
        await using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            OtlpJsonWriter.WriteResourceLogs(json, [row]);
            json.WriteEndObject();
        }

        return Results.Bytes(stream.ToArray(), "application/json");
    }
}
