using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary>Writes error answers.</summary>
internal static class Problems
{
    public static async Task WriteAsync(HttpContext context, int status, string detail, IReadOnlyList<string>? known = null)
    {
        var problem = new ControlProblem { Status = status, Title = ReasonPhrases.GetReasonPhrase(status), Detail = detail, Known = known };
        context.Response.StatusCode = status;
        await WriteJsonAsync(context, problem, ControlJson.Default.ControlProblem, ControlProblem.MediaType).ConfigureAwait(false);
    }

    /// <summary>404 for a name that is neither a resource nor a replica; says which there are.</summary>
    public static Task UnknownNameAsync(HttpContext context, string name, IStackControl control)
    {
        var known = control.GetStatus().Resources.SelectMany(r => r.Replicas.Select(i => i.Name).Prepend(r.Name)).Distinct().ToList();
        return WriteAsync(
            context, StatusCodes.Status404NotFound, $"There is no resource and no replica named '{name}'. Known: {string.Join(", ", known)}.", known);
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
