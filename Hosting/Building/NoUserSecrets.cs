using System.Text.Json.Nodes;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace Stack.Hosting.Building;

/// <summary>Stands in where the AppHost has no user secrets id: values are made, but not kept.</summary>
internal sealed class NoUserSecrets : IUserSecretsManager
{
    public static readonly NoUserSecrets Instance = new();

    public bool IsAvailable => false;

    public string FilePath => "";

    public bool TrySetSecret(string name, string value) => false;

    public void GetOrSetSecret(IConfigurationManager configuration, string name, Func<string> valueGenerator)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(valueGenerator);
        if (string.IsNullOrEmpty(configuration[name]))
        {
            configuration.AddInMemoryCollection([KeyValuePair.Create(name, (string?)valueGenerator())]);
        }
    }

    public Task SaveStateAsync(JsonObject state, CancellationToken cancellationToken = default) => Task.CompletedTask;
}
