using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace Stack.Hosting.Orchestration;

/// <summary>The keys that AppHost, dashboard and senders agree on: as configured, else kept in the user secrets, else in the state folder.</summary>
internal static class SharedKeys
{
    private const string OtlpKey = "AppHost:OtlpApiKey";
    private const string DashboardKey = "AppHost:DashboardApiKey";

    /// <summary>In production the state folder keeps them: a dashboard that is taken over after a restart must find the same ones, whoever restarts it.</summary>
    public static StackSecrets Load(StateFolder state, IConfiguration configuration, IUserSecretsManager secrets, bool development)
    {
        var kept = state.LoadSecrets();
        if (development && secrets.IsAvailable && configuration is IConfigurationManager manager)
        {
            secrets.GetOrSetSecret(manager, OtlpKey, () => kept.OtlpApiKey);
            secrets.GetOrSetSecret(manager, DashboardKey, () => kept.DashboardApiKey);
        }

        return kept with
        {
            OtlpApiKey = configuration[OtlpKey] is { Length: > 0 } otlp ? otlp : kept.OtlpApiKey,
            DashboardApiKey = configuration[DashboardKey] is { Length: > 0 } dashboard ? dashboard : kept.DashboardApiKey,
        };
    }
}
