using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Hosting.Testing.Tests;

/// <summary>What the processes of an AppHost with parameters, connection strings and external services get.</summary>
[Trait("kind", "process")]
public sealed class ParametersAppHostTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("stack-parameters-").FullName;
    private readonly string _secretsId = $"stack-tests-{Guid.NewGuid():N}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string SecretsFile => PathHelper.GetSecretsPathFromSecretsId(_secretsId);

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        if (Path.GetDirectoryName(SecretsFile) is { } secrets && Directory.Exists(secrets))
        {
            Directory.Delete(secrets, recursive: true);
        }
    }

    [Fact]
    public async Task All_values_arrive_in_the_environment_of_the_processes()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SecretsFile)!);
        await File.WriteAllTextAsync(SecretsFile, """{ "Parameters:api-key": "k e/y" }""", Cancelled);
        await using var builder = await CreateAsync("Parameters:greeting=good day", "Parameters:maps-url=http://maps.example.org/", "ConnectionStrings:orders=Server=db;Port=1");
        await using var app = await builder.BuildAsync(Cancelled);

        await app.StartAsync(Cancelled);

        var api = await EnvironmentOf("api");
        var password = new ConfigurationBuilder().AddJsonFile(SecretsFile).Build()["Parameters:db-password"].ShouldNotBeNull();
        password.Length.ShouldBe(24);
        api["GREETING"].ShouldBe("good day");
        api["WEATHER_KEY"].ShouldBe("k e/y");
        api["WEATHER_URL"].ShouldBe("https://weather.example.org/v1?key=k%20e%2Fy&region=eu-west");
        api["ConnectionStrings__orders"].ShouldBe("Server=db;Port=1");
        api.ShouldNotContainKey("ConnectionStrings__archive");
        api["ConnectionStrings__redis"].ShouldBe($"localhost:6379,password={password}");
        api["services__weather__https__0"].ShouldBe("https://weather.example.org/");
        api["WEATHER"].ShouldBe("https://weather.example.org/");
        api["services__maps__http__0"].ShouldBe("http://maps.example.org/");
        api["MAPS_HTTP"].ShouldBe("http://maps.example.org/");

        var worker = await EnvironmentOf("worker");
        var url = app.GetEndpoint("api").ToString().TrimEnd('/');
        worker["services__api__http__0"].ShouldBe(url);
        worker["API_HTTP"].ShouldBe(url);
        worker["API"].ShouldBe(url);
        worker["CURRENCY"].ShouldBe("EUR");
        worker["DATABASE"].ShouldBe("Server=db;Port=1");
        worker["CACHE"].ShouldBe($"localhost:6379,password={password}");
        worker["MAPS"].ShouldBe("http://maps.example.org/");
        worker["MODE"].ShouldBe("run");
        worker["OTEL_SERVICE_NAME"].ShouldBe("worker");
        worker["OTEL_RESOURCE_ATTRIBUTES"].ShouldBe("service.instance.id=worker");

        foreach (var running in new[] { "greeting", "api-key", "region", "db-password", "currency", "orders", "cache", "weather", "maps" })
        {
            await app.ResourceNotifications.WaitForResourceAsync(running, KnownResourceStates.Running, Cancelled).WaitAsync(Limit, Cancelled);
        }

        app.ResourceNotifications.TryGetCurrentState("archive", out var archive).ShouldBeTrue();
        archive!.Snapshot.State!.Text.ShouldBe("Value missing: ConnectionStrings:archive");
    }

    [Fact]
    public async Task What_needs_a_missing_parameter_fails_and_says_which_and_the_rest_runs()
    {
        await using var builder = await CreateAsync("Parameters:greeting=hello", "Parameters:maps-url=http://maps.example.org/", "ConnectionStrings:orders=x");
        await using var app = await builder.BuildAsync(Cancelled);

        await app.StartAsync(Cancelled);

        await EnvironmentOf("worker");
        var failed = await app.ResourceNotifications.WaitForResourceAsync("api", e => e.Snapshot.State?.Text == KnownResourceStates.FailedToStart, Cancelled).WaitAsync(Limit, Cancelled);
        failed.Snapshot.Properties.Single(p => p.Name == "stack.reason").Value!.ToString()!.ShouldContain(
            "Resource 'api' can't start: The parameter 'api-key' has no value. Set 'Parameters:api-key' in configuration, for example by the environment variable Parameters__api_key, or give it a default.");
        var missing = await app.ResourceNotifications.WaitForResourceAsync("api-key", e => e.Snapshot.State?.Style == "warn", Cancelled).WaitAsync(Limit, Cancelled);
        missing.Snapshot.State!.Text.ShouldBe("Value missing: Parameters:api-key");
    }

    [Fact]
    public async Task The_AppHost_knows_its_secrets_id_by_its_build()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ParametersAppHost>([], Cancelled);

        builder.UserSecretsManager.FilePath.ShouldBe(PathHelper.GetSecretsPathFromSecretsId("stack-tests-parameters-apphost"));
        builder.Configuration["Aspire:Store:Path"].ShouldBe(Path.Combine(Projects.ParametersAppHost.ProjectPath, "obj/"));
    }

    private Task<IDistributedApplicationTestingBuilder> CreateAsync(params string[] args)
        => DistributedApplicationTestingBuilder.CreateAsync<Projects.ParametersAppHost>(
            [$"--Stack:State={Path.Combine(_folder, "state")}", $"ASPIRE_USER_SECRETS_ID={_secretsId}", $"Parameters:output={_folder}", .. args], Cancelled);

    private async Task<Dictionary<string, string>> EnvironmentOf(string name)
    {
        var file = Path.Combine(_folder, $"{name}.env");
        await global::Testing.Wait.Until(() => File.Exists(file), timeout: Limit);
        return (await File.ReadAllLinesAsync(file, Cancelled)).Select(l => l.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]);
    }
}
