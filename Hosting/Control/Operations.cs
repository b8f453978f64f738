using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary>The commands that nobody waits for: runs them, and keeps what became of the last ones.</summary>
internal sealed class Operations(TimeProvider time)
{
    /// <summary>How many are kept; those that still run are kept in any case.</summary>
    public const int Kept = 100;

    private readonly Lock _lock = new();
    private readonly List<Operation> _known = [];

    /// <summary>Begins a command and returns at once.</summary>
    /// <param name="command">Name of the command.</param>
    /// <param name="name">What it is given for.</param>
    /// <param name="run">Does it.</param>
    public Operation Begin(string command, string name, Func<Task<CommandOutcome>> run)
    {
        var operation = new Operation { Id = Guid.NewGuid().ToString("n"), Command = command, Name = name, State = "Running", StartedAt = time.GetUtcNow() };
        lock (_lock)
        {
            if (_known.Count >= Kept && _known.FindIndex(o => o.EndedAt is not null) is >= 0 and var oldest)
            {
                _known.RemoveAt(oldest);
            }

            _known.Add(operation);
        }

        _ = Task.Run(() => RunAsync(operation, run));
        return operation;
    }

    /// <summary>What is known of an operation; null when it is not, or no longer, known.</summary>
    public Operation? Find(string id)
    {
        lock (_lock)
        {
            return _known.Find(o => o.Id == id);
        }
    }

    private async Task RunAsync(Operation operation, Func<Task<CommandOutcome>> run)
    {
        CommandOutcome outcome;
        try
        {
            outcome = await run().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            outcome = CommandOutcome.Failed("The AppHost is stopping.");
        }
        catch (Exception e)
        {
            outcome = CommandOutcome.Failed(e.Message);
        }

        lock (_lock)
        {
            _known[_known.FindIndex(o => o.Id == operation.Id)] = operation with { State = outcome.End.ToString(), Message = outcome.Message, EndedAt = time.GetUtcNow() };
        }
    }
}
