namespace Stack.Hosting.Supervision;

/// <summary>Holds a replica in Waiting until it may start: first its dependencies, then a start slot. Orchestration implements it.</summary>
internal interface IStartGate
{
    /// <summary>Completes when the replica may start. Disposing the result gives the slot back (at ready, at exit, or after 10 s, whichever is first).</summary>
    /// <param name="instance">Name of the replica.</param>
    /// <param name="cause">Why it starts: only a command waits for dependencies, and a start after a crash goes before others.</param>
    /// <param name="describe">Called with what is being waited for, in words; the snapshot's Reason says it.</param>
    /// <param name="cancellationToken">A Stop while waiting cancels.</param>
    /// <exception cref="Aspire.Hosting.DistributedApplicationException">A dependency failed for good: the replica goes Fatal with the message as reason.</exception>
    Task<IDisposable> EnterAsync(string instance, StartCause cause, Action<string> describe, CancellationToken cancellationToken);
}
