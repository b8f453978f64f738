using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli.Commands;

/// <summary><c>stack operation &lt;id&gt; [--json]</c>: what became of a command that was given with <c>--no-wait</c>.</summary>
internal static class OperationCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(CommandContext context)
    {
        var id = new Argument<string>("id") { Description = "What the command printed." };
        var json = new Option<bool>("--json") { Description = "All that is known of it as JSON." };
        var command = new Command("operation", "Tells what became of a command that was given with --no-wait. Exit code 1: it failed, 3: it still runs.") { id, json };
        context.OnAppHost(command, async (parsed, client, token) =>
        {
            var body = await client.GetTextAsync($"operations/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}", token);
            var operation = ControlClient.Read(body, ControlJson.Default.Operation);
            await context.Host.Out.WriteLineAsync(parsed.GetValue(json)
                ? JsonNode.Parse(body)!.ToJsonString(Indented)
                : $"{operation.Command} {operation.Name}: {operation.State.ToLowerInvariant()}{(operation.Message is { } message ? $": {message}" : "")}");
            return operation.State switch { "Done" => ExitCodes.Done, "Running" => ExitCodes.NotAllReady, _ => ExitCodes.Failed };
        });
        return command;
    }
}
