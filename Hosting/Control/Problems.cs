using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary>Writes error answers.</summary>
internal static class Problems
{
    /// <summary>A command that did not do what it should: 422 for a setting that can't be so, 409 else.</summary>
    public static Task WriteAsync(HttpContext context, CommandOutcome outcome)
    {
        var status = outcome.End == CommandEnd.Invalid ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict;
        return WriteAsync(context, new ControlProblem
        {
            Status = status,
            Title = ReasonPhrases.GetReasonPhrase(status),
            Detail = outcome.Message ?? "The command failed; it gave no reason.",
            Outcome = outcome.End.ToString(),
            Setting = outcome.Setting,
        });
    }

    public static Task WriteAsync(HttpContext context, int status, string detail, IReadOnlyList<string>? known = null)
        => WriteAsync(context, new ControlProblem { Status = status, Title = ReasonPhrases.GetReasonPhrase(status), Detail = detail, Known = known });

    /// <summary>404 for a name that is neither a resource nor a replica; says which there are.</summary>
    public static Task UnknownNameAsync(HttpContext context, string name, IStackControl control)
    {
        var known = control.GetStatus().Resources.SelectMany(r => r.Replicas.Select(i => i.Name).Prepend(r.Name)).Distinct().ToList();
        return WriteAsync(
            context, StatusCodes.Status404NotFound, $"There is no resource and no replica named '{name}'. Known: {string.Join(", ", known)}.", known);
    }

    private static Task WriteAsync(HttpContext context, ControlProblem problem)
    {
        context.Response.StatusCode = problem.Status;
        return WriteJsonAsync(context, problem, ControlJson.Default.ControlProblem, ControlProblem.MediaType);
    }

    public static async Task WriteJsonAsync<T>(
        HttpContext context, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string mediaType = "application/json")
    {
        // Serialized first: an answer that fails half-way would look like a whole one.
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
