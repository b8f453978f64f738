using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Orchestration;

/// <summary>Keeps the numbers of replicas that were asked for by command in a file, over restarts of the AppHost. A number in the AppHost's own code that has changed since then wins.</summary>
/// <param name="file">The file; it need not exist.</param>
/// <param name="logger">Its log.</param>
internal sealed partial class DesiredReplicas(string file, ILogger logger)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _declared = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gives the resources the numbers that are kept; before the plan is made.</summary>
    public void Apply(IEnumerable<IResource> resources)
    {
        lock (_lock)
        {
            var kept = Read();
            foreach (var resource in resources)
            {
                var declared = resource.GetReplicaCount();
                _declared[resource.Name] = declared;
                if (kept.GetValueOrDefault(resource.Name) is not { } number)
                {
                    continue;
                }

                if (number.Declared == declared)
                {
                    resource.Annotations.Add(new ReplicaAnnotation(number.Wanted));
                    LogKept(resource.Name, number.Wanted, declared);
                }
                else
                {
                    kept.Remove(resource.Name);
                    Write(kept);
                }
            }
        }
    }

    /// <summary>A command has asked for this number.</summary>
    public void Keep(string resource, int wanted)
    {
        lock (_lock)
        {
            var kept = Read();
            var declared = _declared.GetValueOrDefault(resource, 1);
            var changed = wanted == declared ? kept.Remove(resource) : kept.GetValueOrDefault(resource)?.Wanted != wanted;
            if (changed)
            {
                if (wanted != declared)
                {
                    kept[resource] = new DesiredNumber(declared, wanted);
                }

                Write(kept);
            }
        }
    }

    private Dictionary<string, DesiredNumber> Read()
    {
        try
        {
            return File.Exists(file)
                ? new Dictionary<string, DesiredNumber>(JsonSerializer.Deserialize<Dictionary<string, DesiredNumber>>(File.ReadAllText(file), Format) ?? [], StringComparer.OrdinalIgnoreCase)
                : new Dictionary<string, DesiredNumber>(StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            LogUnreadable(file, e.Message);
            return new Dictionary<string, DesiredNumber>(StringComparer.OrdinalIgnoreCase);
        }
    }

    private void Write(Dictionary<string, DesiredNumber> numbers)
    {
        try
        {
            File.WriteAllText($"{file}.new", JsonSerializer.Serialize(numbers, Format));
            File.Move($"{file}.new", file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnwritable(file, e.Message);
        }
    }

    [LoggerMessage(3130, LogLevel.Information, "Resource '{Resource}' has {Wanted} replicas, as 'stack scale' has set it; the AppHost says {Declared}.")]
    private partial void LogKept(string resource, int wanted, int declared);

    [LoggerMessage(3131, LogLevel.Warning, "The numbers of replicas in '{File}' can't be read: {Reason} The AppHost's own hold.")]
    private partial void LogUnreadable(string file, string reason);

    [LoggerMessage(3132, LogLevel.Warning, "The number of replicas can't be kept in '{File}': {Reason} After a restart of the AppHost its own holds again.")]
    private partial void LogUnwritable(string file, string reason);
}

/// <summary>How many replicas the AppHost said when a command asked for another number.</summary>
internal sealed record DesiredNumber(int Declared, int Wanted);
