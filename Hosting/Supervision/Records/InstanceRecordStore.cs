using System.Text.Json;

namespace Stack.Hosting.Supervision.Records;

/// <summary>Keeps the records of a stack's replicas, one file each, in <c>&lt;state&gt;/instances</c>. Whoever uses it holds the lock of the state folder.</summary>
internal sealed class InstanceRecordStore
{
    private const string Extension = ".json";

    private readonly string _folder;

    private InstanceRecordStore(string stateFolder)
    {
        StateFolder = stateFolder;
        _folder = Path.Combine(stateFolder, "instances");
    }

    /// <summary>The state folder, by which processes of this stack are known.</summary>
    public string StateFolder { get; }

    /// <summary>The store of a state folder; makes its folder, which only the owner can look into.</summary>
    public static InstanceRecordStore Open(string stateFolder)
    {
        var store = new InstanceRecordStore(stateFolder);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(store._folder);
        }
        else
        {
            Directory.CreateDirectory(store._folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return store;
    }

    /// <summary>Where the record of a replica is.</summary>
    public string FileOf(string replica) => Path.Combine(_folder, replica + Extension);

    /// <summary>Replaces a record in one step: a reader sees the old one or the new one, also when we are killed meanwhile.</summary>
    /// <remarks>It is not forced to the disk: it has to outlive us, not the machine; after a boot no process of it is left.</remarks>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(InstanceRecord record)
    {
        var file = FileOf(record.Name);
        var draft = $"{file}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(draft, options))
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Default.InstanceRecord));
        }

        File.Move(draft, file, overwrite: true);
    }

    public void Delete(string replica) => File.Delete(FileOf(replica));

    /// <summary>All records that can be understood.</summary>
    /// <param name="unreadable">Called with each file that can't, and why.</param>
    public IReadOnlyList<InstanceRecord> ReadAll(Action<string, string> unreadable)
    {
        List<InstanceRecord> records = [];
        foreach (var file in Directory.EnumerateFiles(_folder, "*" + Extension).Order(StringComparer.Ordinal))
        {
            try
            {
                var record = JsonSerializer.Deserialize(File.ReadAllBytes(file), RecordJson.Default.InstanceRecord);
                if (record is { Schema: InstanceRecord.CurrentSchema } && FileOf(record.Name) == file)
                {
                    records.Add(record);
                }
                else
                {
                    unreadable(file, record is null ? "it is empty" : $"it has schema {record.Schema} and is about '{record.Name}'");
                }
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                unreadable(file, e.Message.TrimEnd('.'));
            }
        }

        return records;
    }
}
