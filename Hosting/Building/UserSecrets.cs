using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Stack.Hosting.Building;

/// <summary>Writes the file of the user secrets: for the owner only, whole or not at all, and one AppHost after another where several share it.</summary>
internal sealed class UserSecrets(string filePath) : IUserSecretsManager
{
    private const string IdKey = "ASPIRE_USER_SECRETS_ID";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // What "dotnet user-secrets" writes: keys with colons, readable text.
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public bool IsAvailable => true;

    public string FilePath { get; } = filePath;

    /// <summary>The secrets of the id in configuration, else of the assembly's; none without an id.</summary>
    public static IUserSecretsManager Find(IConfiguration configuration, Assembly? assembly)
    {
        var id = configuration[IdKey] is { Length: > 0 } set ? set : assembly?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId;
        return string.IsNullOrWhiteSpace(id) ? NoUserSecrets.Instance : new UserSecrets(PathHelper.GetSecretsPathFromSecretsId(id));
    }

    public bool TrySetSecret(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        try
        {
            OneAtATime(() =>
            {
                var secrets = Read();
                secrets[name] = value;
                Write(secrets);
            });
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or TimeoutException)
        {
            return false;
        }
    }

    public void GetOrSetSecret(IConfigurationManager configuration, string name, Func<string> valueGenerator)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(valueGenerator);
        if (string.IsNullOrEmpty(configuration[name]))
        {
            var value = valueGenerator();
            configuration.AddInMemoryCollection([KeyValuePair.Create(name, (string?)value)]);
            TrySetSecret(name, value);
        }
    }

    public Task SaveStateAsync(JsonObject state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(state);
        cancellationToken.ThrowIfCancellationRequested();
        OneAtATime(() => Write(Flat(state)));
        return Task.CompletedTask;
    }

    private static SortedDictionary<string, string?> Flat(JsonObject state)
    {
        var flat = new SortedDictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Flatten(state, "", flat);
        return flat;
    }

    private static void Flatten(JsonNode? node, string key, SortedDictionary<string, string?> flat)
    {
        string Below(object name) => key.Length == 0 ? $"{name}" : $"{key}:{name}";
        switch (node)
        {
            case JsonObject parts:
                foreach (var (name, value) in parts)
                {
                    Flatten(value, Below(name), flat);
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    Flatten(items[i], Below(i), flat);
                }

                break;
            default:
                flat[key] = node?.ToString();
                break;
        }
    }

    private SortedDictionary<string, string?> Read()
    {
        var text = File.Exists(FilePath) ? File.ReadAllText(FilePath) : "";
        return string.IsNullOrWhiteSpace(text) ? Flat([]) : Flat(JsonNode.Parse(text, null, Lenient) as JsonObject ?? throw new JsonException("It is no object."));
    }

    private void Write(SortedDictionary<string, string?> secrets)
    {
        var folder = Path.GetDirectoryName(FilePath)!;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var draft = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(draft, options))
            {
                JsonSerializer.Serialize(stream, secrets, Format);
            }

            File.Move(draft, FilePath, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <exception cref="TimeoutException">Another AppHost holds the file for too long.</exception>
    private void OneAtATime(Action change)
    {
        var name = $"stack-user-secrets-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(FilePath)))[..32]}";
        using var turn = new Mutex(initiallyOwned: false, name, new NamedWaitHandleOptions { CurrentUserOnly = true, CurrentSessionOnly = false });
        try
        {
            if (!turn.WaitOne(Patience))
            {
                throw new TimeoutException($"The user secrets '{FilePath}' are in use by another AppHost. Try again.");
            }
        }
        catch (AbandonedMutexException)
        {
            // Its holder died; the file is whole all the same.
        }

        try
        {
            change();
        }
        finally
        {
            turn.ReleaseMutex();
        }
    }
}
