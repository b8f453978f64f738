using Microsoft.Extensions.Logging;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Takes over the process of a replica that an earlier AppHost launched.</summary>
internal static class Adopter
{
    /// <summary>The process, or why there is none to take over. Signals nothing.</summary>
    /// <param name="record">What an earlier AppHost kept.</param>
    /// <param name="stateFolder">Our state folder, which its environment has to name.</param>
    /// <param name="logger">For the process's end.</param>
    public static AdoptionResult TryAdopt(InstanceRecord record, string stateFolder, ILogger logger)
    {
        var (held, identity, why) = Recognition.Find(record, stateFolder);
        using (held)
        {
            return held is null ? AdoptionResult.None(why!) : Adopt(held, identity!, Strays.Of(record, stateFolder), logger);
        }
    }

    private static AdoptionResult Adopt(HeldProcess held, ProcessIdentity identity, Strays strays, ILogger logger)
    {
        var descriptor = held.Release();
        var process = new AdoptedProcess(identity, descriptor, strays, logger);
        try
        {
            ExitWatcher.Shared.Watch(descriptor, process.OnEnded);
            return new AdoptionResult(process, null);
        }
        catch (LaunchException e)
        {
            _ = Libc.Close(descriptor);
            return AdoptionResult.None(e.Message);
        }
    }
}
