using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stack.Hosting.Observation;

/// <summary>What a log's files don't tell themselves: which bytes of the whole run each of them has. Kept beside the log (<c>site-8001.log.json</c>), so that offsets go on after the AppHost's restart.</summary>
internal sealed record LogRecord
{
    /// <summary>Logical offset of the first position of the active file.</summary>
    public long Base { get; init; }

    /// <summary>Position in the active file before which there is a hole.</summary>
    public long Head { get; init; }

    /// <summary>Size of the active file when it was last looked at.</summary>
    public long Size { get; init; }

    /// <summary>The active file; the default before there was one.</summary>
    public FileIdentity File { get; init; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<LogArchive> Archives { get; init; } = [];

    /// <summary>A cut that was about to be made; null: none.</summary>
    public LogCut? Cut { get; init; }

    /// <summary>Where each generation of the process began, oldest first.</summary>
    public IReadOnlyList<LogGeneration> Generations { get; init; } = [];

    /// <summary>Logical offset of the oldest byte that is kept.</summary>
    [JsonIgnore]
    public long First => Archives.Count > 0 ? Archives[0].Start : Base + Head;

    /// <summary>Logical offset behind the last byte.</summary>
    [JsonIgnore]
    public long End => Base + Size;

    /// <summary>Bytes that the active file keeps on the disk.</summary>
    [JsonIgnore]
    public long Live => Size - Head;

    /// <summary>The record after a cut: what was cut away is an archive's, or nobody's.</summary>
    public LogRecord After(LogCut cut)
    {
        var archives = cut.Archive is { } made ? [.. Archives, made] : Archives;
        return cut.Way switch
        {
            HeadCutWay.Punch => this with { Archives = archives, Cut = null, Head = cut.To },
            HeadCutWay.Collapse => this with { Archives = archives, Cut = null, Base = Base + cut.To, Head = 0, Size = Math.Max(0, Size - cut.To) },
            _ => this with { Archives = archives, Cut = null, Base = Base + cut.Size, Head = 0, Size = 0 },
        };
    }

    /// <summary>Null: there is none, or it can't be understood.</summary>
    public static LogRecord? Load(string path)
    {
        try
        {
            return System.IO.File.Exists(path) ? JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(path), LogRecordJson.Default.LogRecord) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">The disk is full, or the like; the record of before is still there.</exception>
    public void Save(string path)
    {
        var draft = $"{path}.new";
        System.IO.File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(this, LogRecordJson.Default.LogRecord));
        System.IO.File.Move(draft, path, overwrite: true);
    }
}

/// <summary>A finished file of the log, never written again.</summary>
/// <param name="Start">Logical offset of its first byte.</param>
/// <param name="Length">Its size.</param>
/// <param name="File">Which file it is: its number changes with each rotation.</param>
/// <param name="Number">Its number in <c>site-8001.log.1</c>, 1 for the newest.</param>
/// <param name="Made">When it was made; for the order in which the archives of several logs are given up.</param>
internal sealed record LogArchive(long Start, long Length, FileIdentity File, int Number, DateTimeOffset Made)
{
    [JsonIgnore]
    public long End => Start + Length;
}

/// <summary>A cut of the active file's head.</summary>
/// <param name="Way">How it is cut.</param>
/// <param name="To">Position in the file up to which its bytes go.</param>
/// <param name="Size">Size of the file before the cut.</param>
/// <param name="Archive">The archive that has the bytes; null: they are dropped.</param>
internal sealed record LogCut(HeadCutWay Way, long To, long Size, LogArchive? Archive);

/// <summary>Where the output of one generation begins.</summary>
internal sealed record LogGeneration(int Number, long Offset);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(LogRecord))]
internal sealed partial class LogRecordJson : JsonSerializerContext;
