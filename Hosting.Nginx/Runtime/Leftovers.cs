using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Removes containers that an AppHost with the same state folder left behind.</summary>
internal sealed class Leftovers(ICommandRunner commands)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public async Task RemoveAsync(string engine, string folder, CancellationToken cancellationToken)
    {
        var found = await commands.RunAsync(
            engine, ["ps", "--all", "--quiet", "--filter", $"label={ContainerRun.Label(folder)}"], Limit, cancellationToken).ConfigureAwait(false);
        var ids = found.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (found.Succeeded && ids.Length > 0)
        {
            await commands.RunAsync(engine, ["rm", "--force", .. ids], Limit, cancellationToken).ConfigureAwait(false);
        }
    }
}
