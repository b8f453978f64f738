using System.CommandLine;

namespace Stack.Cli.Commands;

/// <summary><c>stack start|stop|restart|roll &lt;name&gt;</c> and <c>stack command &lt;name&gt; &lt;command&gt;</c>; they return when it is done.</summary>
internal static class ReplicaCommand
{
    private const string Names = "A resource, or one replica of it (site-8001, or as supervisord has it: site:site-8001, site:*).";

    public static Command Create(string verb, string description, CommandContext context)
    {
        var name = new Argument<string>("name") { Description = Names };
        var run = new CommandRun(context.Host);
        var command = new Command(verb, description) { name, run.NoWait };
        context.OnAppHost(command, async (parsed, client, token) =>
        {
            var target = ResourceNames.Resolve(parsed.GetRequiredValue(name), await client.GetStatusAsync(token));
            await run.RunAsync(parsed, client, $"{Uri.EscapeDataString(target)}/{verb}", null, $"{target}: {Past(verb)}", token);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Calls what a resource can do beside that.</summary>
    public static Command CreateOwn(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = Names };
        var own = new Argument<string>("command") { Description = "One of its commands; one that does not exist is answered with those that do." };
        var run = new CommandRun(context.Host);
        var command = new Command("command", "Calls a command that the AppHost gave the resource, or 'rebuild'.") { name, own, run.NoWait };
        context.OnAppHost(command, async (parsed, client, token) =>
        {
            var target = ResourceNames.Resolve(parsed.GetRequiredValue(name), await client.GetStatusAsync(token));
            var verb = parsed.GetRequiredValue(own);
            await run.RunAsync(parsed, client, $"{Uri.EscapeDataString(target)}/commands/{Uri.EscapeDataString(verb)}", null, $"{target}: {verb} is done", token);
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Past(string verb) => verb switch { "stop" => "stopped", _ => $"{verb}ed" };
}
