using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;
using Stack.Hosting.Building;

namespace Hosting.Tests.Building;

public sealed class UserSecretsTests : IDisposable
{
    private readonly Testing.TempFolder _folder = new();
    private readonly string _id = $"stack-tests-{Guid.NewGuid():N}";

    private string SecretsFile => Path.Combine(_folder.Path, "secrets", "secrets.json");

    public void Dispose()
    {
        _folder.Dispose();
        var ofId = Path.GetDirectoryName(PathHelper.GetSecretsPathFromSecretsId(_id))!;
        if (Directory.Exists(ofId))
        {
            Directory.Delete(ofId, recursive: true);
        }
    }

    [Fact]
    public void A_secret_is_kept_beside_those_that_are_there()
    {
        var secrets = new UserSecrets(SecretsFile);

        secrets.TrySetSecret("Parameters:a", "1").ShouldBeTrue();
        secrets.TrySetSecret("Parameters:b", "zwei ü").ShouldBeTrue();
        secrets.TrySetSecret("Parameters:a", "3").ShouldBeTrue();

        Read().ShouldBe(new Dictionary<string, string> { ["Parameters:a"] = "3", ["Parameters:b"] = "zwei ü" }, ignoreOrder: true);
        secrets.IsAvailable.ShouldBeTrue();
        secrets.FilePath.ShouldBe(SecretsFile);
    }

    [Fact]
    public void The_file_is_for_the_owner_only_and_nothing_else_is_left()
    {
        new UserSecrets(SecretsFile).TrySetSecret("a", "1");

        File.GetUnixFileMode(SecretsFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFileSystemEntries(Path.GetDirectoryName(SecretsFile)!).ShouldBe([SecretsFile]);
    }

    [Fact]
    public void A_nested_file_is_read_and_written_flat_as_the_tool_writes_it()
    {
        Write("""{ "Parameters": { "a": "1", "list": ["x", "y"] }, /* a comment */ "n": 5, }""");

        new UserSecrets(SecretsFile).TrySetSecret("parameters:A", "2").ShouldBeTrue();

        Read().ShouldBe(new Dictionary<string, string> { ["Parameters:a"] = "2", ["Parameters:list:0"] = "x", ["Parameters:list:1"] = "y", ["n"] = "5" }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("{ broken")]
    [InlineData("[]")]
    public void A_file_that_can_not_be_read_is_left_alone(string text)
    {
        Write(text);

        new UserSecrets(SecretsFile).TrySetSecret("a", "1").ShouldBeFalse();

        File.ReadAllText(SecretsFile).ShouldBe(text);
    }

    [Fact]
    public void An_empty_file_counts_as_none()
    {
        Write("");

        new UserSecrets(SecretsFile).TrySetSecret("a", "1").ShouldBeTrue();

        Read()["a"].ShouldBe("1");
    }

    [Fact]
    public async Task Several_that_write_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < 25; i++)
            {
                new UserSecrets(SecretsFile).TrySetSecret($"{writer}:{i}", "x").ShouldBeTrue();
            }
        })));

        Read().Count.ShouldBe(100);
    }

    [Fact]
    public void A_value_that_is_configured_stays()
    {
        var configuration = new ConfigurationManager { ["AppHost:Key"] = "known" };

        new UserSecrets(SecretsFile).GetOrSetSecret(configuration, "AppHost:Key", () => throw new InvalidOperationException("not needed"));

        configuration["AppHost:Key"].ShouldBe("known");
        File.Exists(SecretsFile).ShouldBeFalse();
    }

    [Fact]
    public void A_value_that_is_missing_is_made_configured_and_kept()
    {
        var configuration = new ConfigurationManager();

        new UserSecrets(SecretsFile).GetOrSetSecret(configuration, "AppHost:Key", () => "made");

        configuration["AppHost:Key"].ShouldBe("made");
        Read()["AppHost:Key"].ShouldBe("made");
    }

    [Fact]
    public async Task Saving_replaces_everything()
    {
        var secrets = new UserSecrets(SecretsFile);
        secrets.TrySetSecret("old", "1");

        await secrets.SaveStateAsync(new JsonObject { ["a"] = new JsonObject { ["b"] = "c" } }, TestContext.Current.CancellationToken);

        Read().ShouldBe(new Dictionary<string, string> { ["a:b"] = "c" });
    }

    [Fact]
    public async Task Without_an_id_values_are_made_and_not_kept()
    {
        var secrets = UserSecrets.Find(new ConfigurationManager(), assembly: null);
        var configuration = new ConfigurationManager();

        secrets.GetOrSetSecret(configuration, "a", () => "made");
        await secrets.SaveStateAsync([], TestContext.Current.CancellationToken);

        configuration["a"].ShouldBe("made");
        secrets.IsAvailable.ShouldBeFalse();
        secrets.FilePath.ShouldBe("");
        secrets.TrySetSecret("a", "b").ShouldBeFalse();
    }

    [Fact]
    public void The_id_of_configuration_names_the_file()
        => UserSecrets.Find(new ConfigurationManager { ["ASPIRE_USER_SECRETS_ID"] = _id }, assembly: null).FilePath.ShouldBe(PathHelper.GetSecretsPathFromSecretsId(_id));

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public void The_secrets_are_read_below_the_command_line(string environment)
    {
        Builder(environment).UserSecretsManager.TrySetSecret("Parameters:a", "secret").ShouldBeTrue();
        Builder(environment).UserSecretsManager.TrySetSecret("Parameters:b", "secret").ShouldBeTrue();

        var configuration = Builder(environment, "Parameters:b=given").Configuration;

        configuration["Parameters:a"].ShouldBe("secret");
        configuration["Parameters:b"].ShouldBe("given");
    }

    [Fact]
    public async Task A_generated_parameter_that_is_kept_is_the_same_at_the_next_start()
    {
        var first = await ValueOf(Builder("Development").AddParameter("password", new GenerateParameterDefault(), secret: true, persist: true));
        var second = await ValueOf(Builder("Development").AddParameter("password", new GenerateParameterDefault(), secret: true, persist: true));

        second.ShouldBe(first);
    }

    [Fact]
    public async Task A_generated_parameter_that_is_not_kept_is_another_at_the_next_start()
    {
        var first = await ValueOf(Builder("Development").AddParameter("password", new GenerateParameterDefault(), secret: true));
        var second = await ValueOf(Builder("Development").AddParameter("password", new GenerateParameterDefault(), secret: true));

        second.ShouldNotBe(first);
    }

    [Fact]
    public async Task A_password_parameter_is_kept()
    {
        var first = await ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(Builder("Development"), "db-password").GetValueAsync(TestContext.Current.CancellationToken);

        var builder = Builder("Development");
        builder.Configuration["Parameters:db-password"].ShouldBe(first);
        (await ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, "db-password").GetValueAsync(TestContext.Current.CancellationToken)).ShouldBe(first);
    }

    [Fact]
    public async Task When_publishing_nothing_is_kept()
    {
        await ValueOf(Builder("Development", "--operation", "publish").AddParameter("password", new GenerateParameterDefault(), secret: true, persist: true));

        File.Exists(PathHelper.GetSecretsPathFromSecretsId(_id)).ShouldBeFalse();
    }

    private DistributedApplicationBuilder Builder(string environment, params string[] args) => new(new DistributedApplicationOptions
    {
        Args = [$"ASPIRE_USER_SECRETS_ID={_id}", "--environment", environment, .. args],
        DisableDashboard = true,
        ProjectDirectory = _folder.Path,
    });

    private static async Task<string?> ValueOf(IResourceBuilder<ParameterResource> parameter) => await parameter.Resource.GetValueAsync(TestContext.Current.CancellationToken);

    private Dictionary<string, string> Read() => JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(SecretsFile))!;

    private void Write(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SecretsFile)!);
        File.WriteAllText(SecretsFile, text);
    }
}
