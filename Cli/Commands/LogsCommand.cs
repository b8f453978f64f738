using System.CommandLine;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli.Commands;

/// <summary><c>stack logs [name] [-f] [--tail N]</c>: one replica's bytes as they are; the lines of several, each after the replica's name.</summary>
internal static class LogsCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string?>("name") { Arity = ArgumentArity.ZeroOrOne, Description = "A resource or one replica; everything without it." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Goes on with what is written from now on." };
        var tail = new Option<int?>("--tail", "-n") { Description = "Only the last lines, of each replica." };
        tail.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var number) && number < 0)
            {
                result.AddError("--tail takes a number of 0 or more.");
            }
        });
        var command = new Command("logs", "Prints the console output of the replicas.") { name, follow, tail };
        context.OnAppHost(command, async (parsed, client, token) =>
        {
            var status = await client.GetStatusAsync(token);
            var target = parsed.GetValue(name) is { } given ? ResourceNames.Resolve(given, status) : null;
            var query = $"?follow={(parsed.GetValue(follow) ? "true" : "false")}{(parsed.GetValue(tail) is { } lines ? $"&tail={lines}" : "")}";
            using var response = await client.OpenStreamAsync($"logs{(target is null ? "" : $"/{Uri.EscapeDataString(target)}")}{query}", token);
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                await PrintLinesAsync(response, status, context.Host.Out, token);
            }
            else
            {
                await CopyBytesAsync(response, context.Host.OutBytes, token);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task PrintLinesAsync(HttpResponseMessage response, StackStatus status, TextWriter output, CancellationToken cancellationToken)
    {
        var width = status.Resources.Where(r => !r.Hidden).SelectMany(r => r.Replicas).Select(i => i.Name.Length).DefaultIfEmpty().Max();
        await foreach (var item in ControlClient.ReadEventsAsync(response, cancellationToken))
        {
            if (item.EventType == "line")
            {
                var line = ControlClient.Read(item.Data, ControlJson.Default.ConsoleLine);
                await output.WriteLineAsync($"{line.Name.PadRight(width)} | {line.Text}");
            }
        }
    }

    private static async Task CopyBytesAsync(HttpResponseMessage response, Stream output, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var block = new byte[64 * 1024];
        while (await ReadAsync(body, block, cancellationToken) is var read and > 0)
        {
            await output.WriteAsync(block.AsMemory(0, read), cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
    }

    private static async Task<int> ReadAsync(Stream body, byte[] block, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(block, cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return 0;   // the AppHost was killed: the log ends here for us
        }
    }
}
