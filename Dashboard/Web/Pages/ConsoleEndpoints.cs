using System.Net;
using System.Text;
using Stack.Dashboard.Web.Components;
using Stack.Dashboard.Web.Control;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Stack.Dashboard.Web.Pages;

/// <summary>Routes of the console page: what processes wrote, read from the AppHost each time and never stored here.</summary>
internal static class ConsoleEndpoints
{
    /// <summary>Lines that a page shows at first.</summary>
    private const int FirstLines = 500;

    /// <summary>Lines among which a text is looked for.</summary>
    private const int SearchedLines = 50_000;

    /// <summary>How many lines of each replica to ask for, so that a page begins with about the same number whether they are merged or not.</summary>
    public static int Tail(StackView view, string name, string? text)
    {
        var lines = string.IsNullOrEmpty(text) ? FirstLines : SearchedLines;
        return view.Status?.Resources.FirstOrDefault(r => r.Name == name) is { Replicas.Count: > 1 and var replicas } ? Math.Max(lines / replicas, 20) : lines;
    }

    public static void MapConsole(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/consolelogs", FirstResource);
        pages.MapGet("/consolelogs/resource/{name}", ConsoleAsync);
        pages.MapGet("/consolelogs/resource/{name}/raw", RawAsync);
        pages.MapGet("/fragments/picker", (string name, StackWatch watch) =>
            new RazorComponentResult<ConsolePicker>(new { Choices = ConsoleChoice.From(watch.Current), Name = name }));
    }

    private static IResult FirstResource(HttpContext context, StackWatch watch)
    {
        var first = watch.Current.Resources.FirstOrDefault(r => r.Replicas.Count > 1) ?? watch.Current.Resources.FirstOrDefault();
        return first is null ? Missing(context, watch.Current, null) : Results.Redirect($"/consolelogs/resource/{Uri.EscapeDataString(first.Name)}");
    }

    private static async Task<IResult> ConsoleAsync(
        string name, string? q, HttpContext context, StackWatch watch, ConsoleReader reader, CancellationToken cancellationToken)
    {
        name = PageEndpoints.NameOf(name);
        q = string.IsNullOrWhiteSpace(q) ? null : q.Trim();
        var view = watch.Current;
        if (view.Connection is StackConnection.Alone)
        {
            return Missing(context, view, name);
        }

        var viewer = PageEndpoints.ViewerOf(context);
        var lines = new Queue<ConsoleLineModel>();
        var place = new ConsolePlace();
        string? problem = null;
        try
        {
            var screen = new ConsoleScreen(watch, viewer, q);
            await foreach (var entry in reader.ReadAsync(name, Tail(view, name, q), follow: false, cancellationToken))
            {
                place.Step(entry);
                foreach (var line in screen.Lines(entry))
                {
                    lines.Enqueue(line);
                }

                while (q is not null && lines.Count > FirstLines)
                {
                    lines.Dequeue();
                }
            }
        }
        catch (ControlRefusedException e) when (e.Status is HttpStatusCode.NotFound)
        {
            return Missing(context, view, name);
        }
        catch (Exception e) when (e is ControlRefusedException or HttpRequestException or IOException)
        {
            problem = e is ControlRefusedException ? e.Message : $"The AppHost does not answer, so there is no console output to show. {view.Problem}";
        }

        return new RazorComponentResult<ConsolePage>(new
        {
            Viewer = viewer,
            Model = new ConsoleModel
            {
                Name = name,
                IsMerged = view.Find(name) is { } resource && resource.Name == name && (resource.Replicas.Count > 1 || resource.Wanted > 1),
                Choices = ConsoleChoice.From(view),
                Lines = [.. lines],
                Place = place.ToString(),
                Text = q,
                Problem = problem,
            },
        });
    }

    private static async Task<IResult> RawAsync(string name, HttpContext context, StackWatch watch, ControlClient client, CancellationToken cancellationToken)
    {
        name = PageEndpoints.NameOf(name);
        if (watch.Current.Connection is StackConnection.Alone)
        {
            return Missing(context, watch.Current, name);
        }

        HttpResponseMessage answer;
        try
        {
            answer = await client.OpenLogsAsync(name, tail: null, follow: false, asLines: false, cancellationToken);
        }
        catch (ControlRefusedException e)
        {
            return e.Status is HttpStatusCode.NotFound
                ? Missing(context, watch.Current, name)
                : PageEndpoints.Message(context, StatusCodes.Status502BadGateway, "The AppHost refused", e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return PageEndpoints.Message(context, StatusCodes.Status502BadGateway, "The AppHost does not answer", watch.Current.Problem ?? "Try again in a moment.");
        }

        // Never text/html: what a process prints must not become a page of this origin.
        return Results.Stream(async output =>
        {
            using (answer)
            {
                if (answer.Content.Headers.ContentType?.MediaType is not "text/event-stream")
                {
                    await answer.Content.CopyToAsync(output, cancellationToken);
                    return;
                }

                await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
                await foreach (var line in ConsoleReader.LinesAsync(body, cancellationToken))
                {
                    await output.WriteAsync(Encoding.UTF8.GetBytes($"{line.Replica} | {line.Text}\n"), cancellationToken);
                }
            }
        }, "text/plain; charset=utf-8", $"{SafeFileName(name)}.log");
    }

    private static RazorComponentResult<MessagePage> Missing(HttpContext context, StackView view, string? name)
    {
        if (view.Connection is StackConnection.Alone)
        {
            return PageEndpoints.Message(context, StatusCodes.Status404NotFound, "There is no console output here",
                "This dashboard runs alone, without an AppHost: it has telemetry only.", ("Structured logs", "/structuredlogs"));
        }

        if (name is null)
        {
            return PageEndpoints.Message(context, StatusCodes.Status200OK, "No console output yet",
                view.Problem ?? "The AppHost has not told of any resource yet.", ("Resources", "/resources"));
        }

        return PageEndpoints.Message(context, StatusCodes.Status404NotFound, $"There is no resource or replica '{name}'", "These are known:",
            [.. view.Resources.Select(r => (r.Name, $"/consolelogs/resource/{Uri.EscapeDataString(r.Name)}"))]);
    }

    private static string SafeFileName(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
}
