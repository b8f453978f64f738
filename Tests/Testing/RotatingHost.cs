using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Observation;

namespace Testing;

/// <summary>A process that does nothing but rotate one log, without a pause, for tests that kill it in the middle.</summary>
public static class RotatingHost
{
    /// <param name="args">Folder, name of the log, length from which on it is rotated.</param>
    public static void Run(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var rotation = new LogRotation(args[0], new LogSettings { MinFreeBytes = 0 }, TimeProvider.System, NullLogger<LogRotation>.Instance);
        rotation.Watch(Path.Combine(args[0], args[1]), new LogLimits(long.Parse(args[2]), 100_000));
        rotation.Look();
        Console.WriteLine("rotating");
        while (true)
        {
            rotation.Look();
        }
    }
}
