using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli.Commands;

/// <summary><c>stack scale &lt;name&gt;=&lt;n&gt; …</c>: one resource after the other, ends at the first that fails.</summary>
internal static class ScaleCommand
{
    public static Command Create(CommandContext context)
    {
        var sizes = new Argument<string[]>("name=number") { Arity = ArgumentArity.OneOrMore, Description = "How many replicas a resource is to have: site=6." };
        sizes.Validators.Add(Check);
        var run = new CommandRun(context.Host);
        var command = new Command("scale", "Changes the number of replicas of a resource, while it serves.") { sizes, run.NoWait };
        context.OnAppHost(command, async (parsed, client, token) =>
        {
            var status = await client.GetStatusAsync(token);
            foreach (var (name, replicas) in parsed.GetRequiredValue(sizes).Select(s => Parse(s)!.Value))
            {
                var target = ResourceNames.Resolve(name, status);
                var body = JsonSerializer.Serialize(new ScaleRequest { Replicas = replicas }, ControlJson.Default.ScaleRequest);
                await run.RunAsync(parsed, client, $"{Uri.EscapeDataString(target)}/scale", body, $"{target}: {replicas} {(replicas == 1 ? "replica" : "replicas")}", token);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static void Check(ArgumentResult result)
    {
        foreach (var token in result.Tokens.Where(t => Parse(t.Value) is null))
        {
            result.AddError($"'{token.Value}' is not understood; scale takes the name of a resource and a number of 0 or more: site=6.");
        }
    }

    private static (string Name, int Replicas)? Parse(string text)
    {
        var equals = text.LastIndexOf('=');
        return equals > 0 && int.TryParse(text.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var replicas) ? (text[..equals], replicas) : null;
    }
}
