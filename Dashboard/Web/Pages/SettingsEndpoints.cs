using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Ingest.Import;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Queries.Export;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Components;
using Stack.Dashboard.Web.Security;

namespace Stack.Dashboard.Web.Pages;

/// <summary>Routes of the page of settings and data: what it shows, import, clear, and how the user sees things.</summary>
internal static class SettingsEndpoints
{
    private static readonly (string, string) Back = ("Data and settings", "/settings");

    private static readonly Lazy<IReadOnlyList<string>> Zones = new(() =>
    [
        "UTC", .. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id)
            .Where(id => id.Contains('/', StringComparison.Ordinal) && !id.StartsWith("Etc/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ]);

    public static void MapSettings(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/settings", ShowAsync);
        pages.MapPost("/settings/view", ChooseViewAsync);
        pages.MapGet("/settings/clear", AskToClearAsync);
        pages.MapPost("/settings/clear", ClearAsync).RequireAuthorization(BrowserSignIn.OperatorPolicy);
        pages.MapPost("/settings/import", ImportAsync).RequireAuthorization(BrowserSignIn.OperatorPolicy)
            .WithMetadata(new BodyLimit(TelemetryImport.MaxZipBytes + (64 << 10)));
    }

    private static async Task<RazorComponentResult<SettingsPage>> ShowAsync(
        HttpContext context, StorageOptions options, TelemetryStore store, StoreStatus status, QueueBudget queue, IngestCounters counters, LogQueries queries,
        ReadThreads threads, IConfiguration configuration, TimeProvider time, string? done)
    {
        var viewer = PageEndpoints.ViewerOf(context);
        var figures = await threads.RunAsync(() => StoreFigures.Of(options, store.Catalogue, store.Readers, status, time.GetUtcNow()), context.RequestAborted);
        return new RazorComponentResult<SettingsPage>(new
        {
            Viewer = viewer,
            Model = new SettingsModel
            {
                Done = DoneText(done),
                Figures = SettingsModel.FiguresOf(figures, status, queue, options),
                Signals = SettingsModel.SignalsOf(figures),
                Senders = SettingsModel.SendersOf(counters.Snapshot()),
                Refusals = [.. counters.RecentRefusals.Where(refused => refused.Requests > 0)
                    .Select(refused => $"{refused.Requests:N0} export {(refused.Requests == 1 ? "request was" : "requests were")} refused in the last five minutes: {Words(refused.Reason)}.")],
                Segments = SettingsModel.SegmentsOf(figures, status, viewer),
                Options = SettingsModel.OptionsOf(options, configuration),
                Resources = TelemetryGroup.From(queries.Resources()),
                HasFullText = options.FullText,
                Zones = Zones.Value,
            },
        });
    }

    private static async Task<IResult> ChooseViewAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return OutOfDate(context);
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        Set(context, Viewer.ThemeCookie, form["theme"].ToString() is "light" or "dark" ? form["theme"].ToString() : null);
        Set(context, Viewer.ClockCookie, form["clock"].ToString() is "12" ? "12" : null);
        Set(context, Viewer.ChosenZoneCookie, Zones.Value.Contains(form["zone"].ToString()) ? form["zone"].ToString() : null);
        return SeeOther(context, "/settings");
    }

    private static Task<RazorComponentResult<ClearPage>> AskToClearAsync(HttpContext context, StorageOptions options, TelemetryStore store, string? instance)
    {
        var bytes = Format.Bytes(store.Catalogue.Segments.Sum(segment => segment.Bytes));
        return Task.FromResult(new RazorComponentResult<ClearPage>(
            new { Viewer = PageEndpoints.ViewerOf(context), Instance = string.IsNullOrWhiteSpace(instance) ? null : instance, Bytes = bytes }));
    }

    private static async Task<IResult> ClearAsync(HttpContext context, TelemetryStore store, LogQueries queries, BrowserSignIn signIn, IAntiforgery antiforgery, TimeProvider time)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return OutOfDate(context);
        }

        var name = (await context.Request.ReadFormAsync(context.RequestAborted))["instance"].ToString();
        if (name.Length == 0)
        {
            await store.ClearAsync(context.RequestAborted);
        }
        else if (queries.Resources().FirstOrDefault(resource => resource.DisplayName == name) is { } instance)
        {
            await store.ClearAsync(instance, context.RequestAborted);
        }
        else
        {
            return PageEndpoints.Message(context, StatusCodes.Status404NotFound, "There is no such instance", $"Nothing is kept of '{name}'.", Back);
        }

        Note(context, store, signIn, time, "clear telemetry", name.Length == 0 ? "everything" : name, "Cleared.");
        return SeeOther(context, "/settings?done=cleared");
    }

    private static async Task<IResult> ImportAsync(HttpContext context, TelemetryStore store, TelemetryImport import, BrowserSignIn signIn, IAntiforgery antiforgery, TimeProvider time)
    {
        try
        {
            if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
            {
                return OutOfDate(context);
            }

            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            if (form.Files.GetFile("zip") is not { Length: > 0 } file)
            {
                throw new ImportException("No file was chosen.");
            }

            await using var zip = file.OpenReadStream();
            var count = await import.RunAsync(zip, context.RequestAborted);
            Note(context, store, signIn, time, "import telemetry", "store", $"{count.Logs} log records, {count.Spans} spans and {count.Points} points.");
            return SeeOther(context, string.Create(CultureInfo.InvariantCulture, $"/settings?done=imported-{count.Logs}-{count.Spans}-{count.Points}"));
        }
        catch (ImportException e)
        {
            return PageEndpoints.Message(context, StatusCodes.Status400BadRequest, "The zip was not imported", e.Message, Back);
        }
        catch (Exception e) when (IsTooLarge(e) || IsTooLarge(e.InnerException))
        {
            return PageEndpoints.Message(
                context, StatusCodes.Status413PayloadTooLarge, "The zip was not imported", $"It is larger than {TelemetryImport.MaxZipBytes >> 20} MB. Export a shorter time, or one sender.", Back);
        }
    }

    // Whoever reads the form first says it in his own way.
    private static bool IsTooLarge(Exception? e) => e is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } or InvalidDataException;

    private static string? DoneText(string? done)
    {
        if (done == "cleared")
        {
            return "Cleared. What comes from now on is stored as before.";
        }

        // Only numbers are taken from the address.
        var parts = done?.Split('-') ?? [];
        return parts.Length == 4 && parts[0] == "imported" && parts.Skip(1).All(part => part.Length < 19 && part.All(char.IsAsciiDigit) && part.Length > 0)
            ? $"Imported: {long.Parse(parts[1], CultureInfo.InvariantCulture):N0} log records, {long.Parse(parts[2], CultureInfo.InvariantCulture):N0} spans, {long.Parse(parts[3], CultureInfo.InvariantCulture):N0} points of metrics."
            : null;
    }

    private static string Words(Refusal reason) => reason switch
    {
        Refusal.Unauthenticated => "the key was missing or wrong",
        Refusal.Malformed => "the body was malformed",
        Refusal.UnknownEncoding => "the encoding is not known",
        Refusal.UnknownMethod => "there is no such method",
        Refusal.TooLarge => "they were too large",
        _ => "the queue was full, or nothing could be stored; senders that try again lose nothing",
    };

    private static void Note(HttpContext context, TelemetryStore store, BrowserSignIn signIn, TimeProvider time, string command, string target, string message)
    {
        try
        {
            store.Catalogue.Audit.Add(new AuditEntry(
                time.GetUtcNow(), signIn.RoleOf(context), $"{context.Connection.RemoteIpAddress ?? IPAddress.None}", command, target, "Done", message));
        }
        catch (StoreException)
        {
            // A full disk must not keep anybody from clearing it.
        }
    }

    private static void Set(HttpContext context, string name, string? value)
    {
        var options = new CookieOptions { SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromDays(365), IsEssential = true, Path = SubPath.Of(context) };
        if (value is null)
        {
            context.Response.Cookies.Delete(name, options);
        }
        else
        {
            context.Response.Cookies.Append(name, value, options);
        }
    }

    private static RazorComponentResult<MessagePage> OutOfDate(HttpContext context) =>
        PageEndpoints.Message(context, StatusCodes.Status400BadRequest, "This form was out of date", "Nothing was done. Go back, and try it again.", Back);

    private static IResult SeeOther(HttpContext context, string address)
    {
        context.Response.Headers.Location = address;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private sealed class BodyLimit(long bytes) : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => bytes;
    }
}
