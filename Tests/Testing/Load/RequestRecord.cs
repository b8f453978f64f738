using System.Globalization;
using System.Text;

namespace Testing.Load;

/// <summary>A request that a site has executed.</summary>
/// <param name="Process">Name of the replica and id of its process: <c>site-8001.4711</c>.</param>
/// <param name="At">When it arrived, as <see cref="TimeProvider.GetTimestamp"/> of every process on this machine counts.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Id">The id that the client gave it.</param>
public sealed record ExecutedRequest(string Process, long At, string Method, string Id);

/// <summary>What the processes of a site have executed, in a folder: each has a file of its own, and a line is in it before the request is answered.</summary>
public sealed class RequestRecord : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;

    /// <summary>Begins the record of this process.</summary>
    public RequestRecord(string folder, string replica)
        => _file = new FileStream(Path.Combine(folder, $"{replica}.{Environment.ProcessId}"), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Everything that was executed by processes of now and before.</summary>
    public static IReadOnlyList<ExecutedRequest> Read(string folder) => [.. Directory.EnumerateFiles(folder).SelectMany(ReadFile)];

    /// <summary>Notes one; a kill of this process after that changes nothing.</summary>
    public void Add(long at, string method, string id)
    {
        var line = Encoding.ASCII.GetBytes($"{at} {method} {id}\n");
        lock (_lock)
        {
            _file.Write(line);
        }
    }

    public void Dispose() => _file.Dispose();

    private static IEnumerable<ExecutedRequest> ReadFile(string path)
    {
        using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            yield return new ExecutedRequest(Path.GetFileName(path), long.Parse(words[0], CultureInfo.InvariantCulture), words[1], words[2]);
        }
    }
}
