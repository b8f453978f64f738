using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli.Commands;

/// <summary><c>stack status [--json]</c>.</summary>
internal static class StatusCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(CommandContext context)
    {
        var json = new Option<bool>("--json") { Description = "The whole status as JSON." };
        var command = new Command("status", "Shows every replica: state, readiness, pid, port, uptime, restarts, CPU, memory, reason. Exit code 3: not all are ready.") { json };
        context.OnAppHost(command, async (parsed, client, token) =>
        {
            var body = await client.GetTextAsync("status", token);
            var status = ControlClient.Read(body, ControlJson.Default.StackStatus);
            if (parsed.GetValue(json))
            {
                // The AppHost's own words, with whatever a newer one adds.
                await context.Host.Out.WriteLineAsync(JsonNode.Parse(body)!.ToJsonString(Indented));
            }
            else if (context.Host.Terminal is { } terminal)
            {
                StatusScreen.Write(terminal.Open(context.Host.Out), status, context.Host.Time.GetUtcNow());
            }
            else
            {
                await context.Host.Out.WriteAsync(StatusText.Write(status, context.Host.Time.GetUtcNow()));
            }

            return StatusRows.AllReady(status) ? ExitCodes.Done : ExitCodes.NotAllReady;
        });
        return command;
    }
}
