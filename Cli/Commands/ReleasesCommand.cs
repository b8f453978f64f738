using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli.Commands;

/// <summary><c>stack releases [name] [--json]</c>: what there is to go back to, and what runs.</summary>
internal static class ReleasesCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(CommandContext context)
    {
        var name = new Argument<string?>("name") { Arity = ArgumentArity.ZeroOrOne, Description = "The site; may be left out where there is only one." };
        var json = new Option<bool>("--json") { Description = "All that is known of them as JSON." };
        var command = new Command("releases", "Lists the releases of a site: which is current, and which replicas run from each.") { name, json };
        context.OnAppHost(command, async (parsed, client, token) =>
        {
            var target = Sites.Resolve(parsed.GetValue(name), await client.GetStatusAsync(token));
            var body = await client.GetTextAsync($"{Uri.EscapeDataString(target)}/releases", token);
            await context.Host.Out.WriteLineAsync(parsed.GetValue(json)
                ? JsonNode.Parse(body)!.ToJsonString(Indented)
                : Table(ControlClient.Read(body, ControlJson.Default.ReleaseList)));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Table(ReleaseList list)
    {
        List<string[]> rows =
        [
            ["RELEASE", "MADE (UTC)", "", "REPLICAS"],
            .. list.Releases.Select(r => new[]
            {
                r.Name,
                r.MadeAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-",
                r.Current ? "current" : r.Previous ? "previous" : "-",
                r.Replicas.Count > 0 ? string.Join(", ", r.Replicas) : "-",
            }),
        ];
        var widths = Enumerable.Range(0, 3).Select(c => rows.Max(r => r[c].Length)).ToList();
        return string.Join(Environment.NewLine, rows.Select(r => string.Join("  ", r[..3].Select((cell, c) => cell.PadRight(widths[c])).Append(r[3]))));
    }
}
