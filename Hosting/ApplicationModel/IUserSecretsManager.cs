using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Writes the AppHost's user secrets: the file that <c>dotnet user-secrets</c> writes, which configuration reads at the next start.</summary>
[Experimental("ASPIREUSERSECRETS001", UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
public interface IUserSecretsManager
{
    /// <summary>False when the AppHost has no user secrets id: then nothing is kept.</summary>
    bool IsAvailable { get; }

    /// <summary>Path of the file; empty when there is none.</summary>
    string FilePath { get; }

    /// <summary>Keeps a value for the next start.</summary>
    /// <param name="name">Its configuration key: <c>Parameters:password</c>.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when it could not be kept.</returns>
    bool TrySetSecret(string name, string value);

    /// <summary>Makes sure that configuration has a value: one that is there stays, else one is made and kept for the next start.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="name">Its key.</param>
    /// <param name="valueGenerator">Makes the value.</param>
    void GetOrSetSecret(IConfigurationManager configuration, string name, Func<string> valueGenerator);

    /// <summary>Replaces the whole file.</summary>
    /// <param name="state">The new contents; nested objects become keys with colons.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SaveStateAsync(JsonObject state, CancellationToken cancellationToken = default);
}
