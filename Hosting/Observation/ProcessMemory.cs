using System.Globalization;

namespace Stack.Hosting.Observation;

/// <summary>Reads what a process holds in memory.</summary>
internal static class ProcessMemory
{
    /// <summary>Resident bytes; null where the system does not say.</summary>
    public static long? Resident(int pid)
    {
        try
        {
            // Pages: total, resident, …
            var fields = File.ReadAllText($"/proc/{pid}/statm").Split(' ');
            return long.Parse(fields[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
