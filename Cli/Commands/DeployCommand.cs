using System.CommandLine;
using System.Text.Json;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli.Commands;

/// <summary><c>stack deploy [name] [--from folder]</c> and <c>stack rollback [name] [--to release]</c>: another version of a site, one replica after another.</summary>
internal static class DeployCommand
{
    private const string Names = "The site; may be left out where there is only one.";

    public static Command Create(CommandContext context)
    {
        var name = new Argument<string?>("name") { Arity = ArgumentArity.ZeroOrOne, Description = Names };
        var from = new Option<string?>("--from") { Description = "A folder that the site was published to; it is copied. Without it the project is published first." };
        var label = new Option<string?>("--name") { Description = "Names the release: v1.2." };
        var run = new CommandRun(context.Host);
        var command = new Command("deploy", "Goes over to a new version of a site, one replica after another, while the others serve.") { name, from, label, run.NoWait };
        context.OnAppHost(command, async (parsed, client, token) =>
        {
            var target = Sites.Resolve(parsed.GetValue(name), await client.GetStatusAsync(token));
            var folder = parsed.GetValue(from) is { } given ? Path.GetFullPath(given, context.Host.WorkingDirectory) : null;
            var body = JsonSerializer.Serialize(new DeployRequest { Folder = folder, Name = parsed.GetValue(label) }, ControlJson.Default.DeployRequest);
            if (!parsed.GetValue(run.NoWait))
            {
                await context.Host.Out.WriteLineAsync(folder is null ? $"{target}: publishing the project" : $"{target}: copying {folder}");
            }

            await run.RunAsync(parsed, client, $"{Uri.EscapeDataString(target)}/deploy", body, $"{target}: deployed", token);
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command CreateRollback(CommandContext context)
    {
        var name = new Argument<string?>("name") { Arity = ArgumentArity.ZeroOrOne, Description = Names };
        var to = new Option<string?>("--to") { Description = "A release that 'stack releases' lists, or 'build'; without it the one before the current one." };
        var run = new CommandRun(context.Host);
        var command = new Command("rollback", "Goes back to an earlier release of a site, one replica after another.") { name, to, run.NoWait };
        context.OnAppHost(command, async (parsed, client, token) =>
        {
            var target = Sites.Resolve(parsed.GetValue(name), await client.GetStatusAsync(token));
            var body = JsonSerializer.Serialize(new RollbackRequest { To = parsed.GetValue(to) }, ControlJson.Default.RollbackRequest);
            await run.RunAsync(parsed, client, $"{Uri.EscapeDataString(target)}/rollback", body, $"{target}: rolled back", token);
            return ExitCodes.Done;
        });
        return command;
    }
}
