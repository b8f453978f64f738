using System.CommandLine;

namespace Stack.Cli.Commands;

/// <summary><c>stack start|stop|restart &lt;name&gt;</c>; returns when it is done.</summary>
internal static class ReplicaCommand
{
    public static Command Create(string verb, string description, CommandContext context)
    {
        var name = new Argument<string>("name") { Description = "A resource, or one replica of it (site-8001, or as supervisord has it: site:site-8001, site:*)." };
        var command = new Command(verb, description) { name };
        context.OnAppHost(command, async (parsed, client, token) =>
        {
            var target = ResourceNames.Resolve(parsed.GetRequiredValue(name), await client.GetStatusAsync(token));
            var result = await client.PostAsync($"{Uri.EscapeDataString(target)}/{verb}", null, token);
            await context.Host.Out.WriteLineAsync(result.Message ?? $"{target}: {Past(verb)}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Past(string verb) => verb switch { "stop" => "stopped", _ => $"{verb}ed" };
}
