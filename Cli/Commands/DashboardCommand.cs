using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli.Commands;

/// <summary><c>stack dashboard [--json]</c>: how to get in.</summary>
internal static class DashboardCommand
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(CommandContext context)
    {
        var json = new Option<bool>("--json") { Description = "{\"url\",\"loginUrl\",\"apiKey\"}." };
        var command = new Command("dashboard", "Prints the dashboard's login link.") { json };
        context.OnAppHost(command, async (parsed, client, token) =>
        {
            var body = await client.GetTextAsync("dashboard", token);
            await context.Host.Out.WriteLineAsync(parsed.GetValue(json)
                ? JsonNode.Parse(body)!.ToJsonString(Relaxed)
                : ControlClient.Read(body, ControlJson.Default.DashboardAccess).LoginUrl);
            return ExitCodes.Done;
        });
        return command;
    }
}
