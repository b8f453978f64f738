using System.Collections.Concurrent;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Tests.Runtime;

/// <summary>Answers commands from a table; what is not in it does not exist.</summary>
internal sealed class ScriptedCommands : ICommandRunner
{
    private readonly Dictionary<string, CommandResult> _answers = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <param name="command">The beginning of the command line.</param>
    /// <param name="result">The answer.</param>
    public ScriptedCommands On(string command, CommandResult result)
    {
        _answers[command] = result;
        return this;
    }

    public Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var line = string.Join(' ', request.Arguments.Prepend(request.Command));
        Asked.Enqueue(line);
        return Task.FromResult(_answers.Where(answer => line.StartsWith(answer.Key, StringComparison.Ordinal)).Select(answer => answer.Value)
            .FirstOrDefault(new CommandResult(null, "", "not found")));
    }
}
