using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Control;

/// <summary>
/// <c>GET logs/{name}</c>: one replica's console output as raw bytes, or the lines of all replicas of a resource as events; <c>GET logs</c>: those of every resource that is not hidden. A replica's come as
/// events too when the request accepts nothing else. The reader sets the pace: what it has not read yet waits in the file.
/// </summary>
internal static class LogRoutes
{
    /// <summary>Logical offset of the first byte of the body.</summary>
    public const string OffsetHeader = "X-Stack-Offset";

    /// <summary>Generation of the process that wrote that byte; not there when it is not known.</summary>
    public const string GenerationHeader = "X-Stack-Generation";

    public static void Map(IEndpointRouteBuilder v1, ControlContext context)
    {
        v1.MapGet("/logs/{name}", (RequestDelegate)(request => OneAsync(request, context)));
        v1.MapGet("/logs", (RequestDelegate)(request => LinesAsync(
            request, () => [.. context.Control.GetStatus().Resources.Where(r => !r.Hidden).SelectMany(r => context.Control.ReplicasOf(r.Name))], context)));
    }

    private static Task OneAsync(HttpContext request, ControlContext context)
    {
        var name = RequestTarget.Segment(request, 2);
        if (context.Control.FindLogFile(name) is { } file && request.Request.Headers.Accept != EventStream.MediaType)
        {
            return RawAsync(request, file, context);
        }

        Func<IReadOnlyList<string>> replicas = context.Control.ReplicasOf(name).Count > 0 || context.Control.FindLogFile(name) is null ? () => context.Control.ReplicasOf(name) : () => [name];
        return replicas().Count > 0 || context.Control.GetStatus().Resources.Any(r => r.Name == name)
            ? LinesAsync(request, replicas, context)
            : Problems.UnknownNameAsync(request, name, context.Control);
    }

    private static async Task RawAsync(HttpContext request, string file, ControlContext context)
    {
        var follow = RequestTarget.Flag(request, "follow");
        var tail = Open(request, file, follow);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.RequestAborted, context.Stopping);
        var body = request.Response.Body;

        request.Response.ContentType = "application/octet-stream";
        request.Response.Headers[OffsetHeader] = tail.Offset.ToString();
        if (tail.Generation is { } generation)
        {
            request.Response.Headers[GenerationHeader] = generation.ToString();
        }

        await body.FlushAsync(ending.Token).ConfigureAwait(false);

        var block = new byte[LogTail.BlockSize];
        while (true)
        {
            var read = tail.Read(block, out var missed);
            if (read > 0)
            {
                if (missed > 0)
                {
                    // Only a reader that was too slow for the rotation comes here; it must not take what follows for what it asked for.
                    await body.WriteAsync(Encoding.UTF8.GetBytes($"\n{LogLine.Gap(tail.Offset, missed).Text}\n"), ending.Token).ConfigureAwait(false);
                }

                await body.WriteAsync(block.AsMemory(0, read), ending.Token).ConfigureAwait(false);
                continue;
            }

            if (!follow)
            {
                return;
            }

            await body.FlushAsync(ending.Token).ConfigureAwait(false);
            await Task.Delay(LogTail.PollInterval, context.Time, ending.Token).ConfigureAwait(false);
        }
    }

    private static async Task LinesAsync(HttpContext request, Func<IReadOnlyList<string>> replicas, ControlContext context)
    {
        var follow = RequestTarget.Flag(request, "follow");
        List<LogLines> logs = [];
        Join(logs, replicas(), context, file => Open(request, file, follow));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.RequestAborted, context.Stopping);
        var stream = new EventStream(request, context.Time);
        await stream.BeginAsync(ending.Token).ConfigureAwait(false);

        var lastSent = context.Time.GetTimestamp();
        while (true)
        {
            var idle = true;
            foreach (var log in logs)
            {
                idle &= !log.Read(last: !follow);
                if (log.Lines.Count > 0)
                {
                    await SendAsync(stream, log, context.Time, ending.Token).ConfigureAwait(false);
                    lastSent = context.Time.GetTimestamp();
                }
            }

            if (idle && !follow)
            {
                return;
            }

            if (idle)
            {
                if (context.Time.GetElapsedTime(lastSent) >= EventStream.Quiet)
                {
                    await stream.CommentAsync(ending.Token).ConfigureAwait(false);
                    lastSent = context.Time.GetTimestamp();
                }

                await Task.Delay(LogTail.PollInterval, context.Time, ending.Token).ConfigureAwait(false);

                // A replica that a scale has brought: it is not launched yet, and its log may be that of an earlier one of its name.
                Join(logs, replicas(), context, file => LogTail.FromLastLines(file, 0));
            }
        }
    }

    private static void Join(List<LogLines> logs, IReadOnlyList<string> replicas, ControlContext context, Func<string, LogTail> open)
    {
        foreach (var name in replicas)
        {
            if (!logs.Exists(l => l.Name == name) && context.Control.FindLogFile(name) is { } file)
            {
                logs.Add(new LogLines(name, open(file), context.Time));
            }
        }
    }

    private static async Task SendAsync(EventStream stream, LogLines log, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var line in log.Lines)
        {
            var data = new ConsoleLine
            {
                Name = log.Name,
                Offset = line.Offset,
                Time = time.GetUtcNow(),
                IsTimeExact = log.AreNew,
                Text = line.Text,
                Generation = log.GenerationAt(line.Offset),
                Dropped = line.Dropped > 0 ? line.Dropped : null,
            };
            stream.Add("line", null, data, ControlJson.Default.ConsoleLine);
        }

        await stream.SendAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Without <c>follow</c> the answer ends where the log ends now, however fast it grows.</summary>
    private static LogTail Open(HttpContext request, string file, bool follow)
    {
        var offset = RequestTarget.Number(request, "offset");
        var lines = RequestTarget.Number(request, "tail");
        var tail = lines is not null && offset is null ? LogTail.FromLastLines(file, lines.Value) : LogTail.FromOffset(file, offset ?? 0);
        if (!follow)
        {
            tail.EndHere();
        }

        return tail;
    }
}
