using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Testing;

namespace Hosting.Testing.Tests;

public sealed class LaunchProfileTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("""{ "DOTNET_ENVIRONMENT": "Staging" }""", "DOTNET_ENVIRONMENT=Staging ENVIRONMENT=Staging")]
    [InlineData("""{ "ASPNETCORE_URLS": "http://x" }""", "ASPNETCORE_URLS=http://x URLS=http://x")]
    [InlineData("""{ "OTHER": "1" }""", "OTHER=1")]
    [InlineData("""{ "Parameters__key": "1" }""", "Parameters:key=1")]
    [InlineData("""{ "DOTNET_A__B": "1" }""", "DOTNET_A:B=1 A:B=1")]
    [InlineData("{}", "")]
    public void The_first_profiles_variables_are_settings_also_without_their_prefix(string variables, string expected)
        => string.Join(' ', Read($$"""{ "profiles": { "first": { "commandName": "Project", "environmentVariables": {{variables}} }, "second": { "environmentVariables": { "NOT": "this" } } } }""")
            .Select(v => $"{v.Key}={v.Value}")).ShouldBe(expected);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "profiles": {} }""")]
    [InlineData("""{ "profiles": { "a": {} } }""")]
    [InlineData("""{ /* nothing */ "profiles": { }, }""")]
    public void A_file_without_variables_has_none(string text) => Read(text).ShouldBeEmpty();

    [Fact]
    public void A_missing_file_has_none() => AppHostLaunchProfile.Read(_temp.File("nothing.json")).ShouldBeEmpty();

    [Fact]
    public void A_file_that_is_no_JSON_is_an_error_that_names_it()
        => Should.Throw<DistributedApplicationException>(() => Read("{ profiles")).Message.ShouldStartWith($"The AppHost's launch settings '{_temp.File("launchSettings.json")}' can't be read: ");

    private IReadOnlyList<KeyValuePair<string, string?>> Read(string text)
    {
        var file = _temp.File("launchSettings.json");
        File.WriteAllText(file, text);
        return AppHostLaunchProfile.Read(file);
    }
}
