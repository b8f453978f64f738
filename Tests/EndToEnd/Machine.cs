using System.Globalization;
using System.Text;

namespace EndToEnd;

/// <summary>What the machine itself says: who listens, and which processes belong to a stack.</summary>
internal static class Machine
{
    /// <summary>The product's ports: gateway, replicas, dashboard.</summary>
    public static IEnumerable<int> ProductPorts => [8080, .. Enumerable.Range(8001, Environment.ProcessorCount * 2), 18888, 18889, 18890];

    /// <summary>Local addresses that are listened on, by port.</summary>
    public static async Task<ILookup<int, string>> ListenersAsync()
    {
        var ss = await Commands.RunAsync("ss", ["-ltnH"], new Dictionary<string, string>(), TimeSpan.FromSeconds(20));
        return ss.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3])
            .ToLookup(address => int.Parse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture), address => address[..address.LastIndexOf(':')]);
    }

    /// <summary>Processes that were started for the stack with this state folder: by their environment, or (Nginx writes over its own) by their command line.</summary>
    public static IReadOnlyList<string> ProcessesOf(string stateFolder)
    {
        List<string> found = [];
        foreach (var folder in Directory.GetDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            try
            {
                var environment = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "environ"))).Split('\0');
                var command = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "cmdline"))).Replace('\0', ' ');
                var state = File.ReadAllLines(Path.Combine(folder, "status")).First(l => l.StartsWith("State:", StringComparison.Ordinal));
                if (!state.Contains('Z') && (environment.Contains($"STACK_STATE={stateFolder}") || command.Contains(stateFolder, StringComparison.Ordinal)))
                {
                    found.Add($"{Path.GetFileName(folder)} {command}");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is not ours.
            }
        }

        return found;
    }

    /// <summary>Asserts that nothing of a stack is left: no process, and nobody on the product's ports. The kernel may need an instant after a kill.</summary>
    public static async Task ShouldBeCleanAsync(string stateFolder)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                var listeners = await ListenersAsync();
                return ProcessesOf(stateFolder).Count == 0 && !ProductPorts.Any(listeners.Contains);
            },
            TimeSpan.FromSeconds(10),
            async () =>
            {
                var listeners = await ListenersAsync();
                return $"left: {string.Join("; ", ProcessesOf(stateFolder))}; listening: {string.Join(", ", ProductPorts.Where(listeners.Contains))}";
            });
    }
}

/// <summary>Waits for something outside of the test's own process, which sends no event.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan limit, Func<Task<string>> describe)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"Not within {limit}: {await describe()}");
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
