using Microsoft.Extensions.Configuration;
using Stack.Hosting.Building;
using Stack.Hosting.Orchestration;

namespace Hosting.Tests.Orchestration;

public sealed class SharedKeysTests : IDisposable
{
    private readonly Testing.TempFolder _folder = new();
    private readonly StateFolder _state;

    public SharedKeysTests() => _state = StateFolder.Open(_folder.File("state"));

    private string SecretsFile => _folder.File("user/secrets.json");

    public void Dispose()
    {
        _state.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Without_user_secrets_the_state_folder_keeps_them()
    {
        var keys = SharedKeys.Load(_state, new ConfigurationManager(), NoUserSecrets.Instance, development: true);

        keys.ShouldBe(_state.LoadSecrets());
        keys.OtlpApiKey.ShouldNotBe(keys.DashboardApiKey);
    }

    [Fact]
    public void In_production_the_state_folder_keeps_them_whatever_the_user_has()
    {
        SharedKeys.Load(_state, new ConfigurationManager(), new UserSecrets(SecretsFile), development: false).ShouldBe(_state.LoadSecrets());

        File.Exists(SecretsFile).ShouldBeFalse();
    }

    [Fact]
    public void In_development_the_user_secrets_keep_them_and_configuration_has_them()
    {
        var configuration = new ConfigurationManager();

        var keys = SharedKeys.Load(_state, configuration, new UserSecrets(SecretsFile), development: true);

        configuration["AppHost:OtlpApiKey"].ShouldBe(keys.OtlpApiKey);
        configuration["AppHost:DashboardApiKey"].ShouldBe(keys.DashboardApiKey);
        var kept = new ConfigurationBuilder().AddJsonFile(SecretsFile).Build();
        kept["AppHost:OtlpApiKey"].ShouldBe(keys.OtlpApiKey);
        kept["AppHost:DashboardApiKey"].ShouldBe(keys.DashboardApiKey);
    }

    [Fact]
    public void At_the_next_start_they_are_the_same_even_with_another_state_folder()
    {
        var first = SharedKeys.Load(_state, new ConfigurationManager(), new UserSecrets(SecretsFile), development: true);
        using var other = StateFolder.Open(_folder.File("other"));
        var configuration = new ConfigurationManager();
        configuration.AddJsonFile(SecretsFile);

        var second = SharedKeys.Load(other, configuration, new UserSecrets(SecretsFile), development: true);

        second.OtlpApiKey.ShouldBe(first.OtlpApiKey);
        second.DashboardApiKey.ShouldBe(first.DashboardApiKey);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_configured_goes_before_what_is_kept(bool development)
    {
        var configuration = new ConfigurationManager { ["AppHost:OtlpApiKey"] = "mine" };

        SharedKeys.Load(_state, configuration, NoUserSecrets.Instance, development).OtlpApiKey.ShouldBe("mine");
    }
}
