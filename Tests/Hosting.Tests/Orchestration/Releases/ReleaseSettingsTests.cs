using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.Orchestration;

namespace Hosting.Tests.Orchestration.Releases;

public sealed class ReleaseSettingsTests
{
    [Theory]
    [InlineData(null, 5)]
    [InlineData("", 5)]
    [InlineData("2", 2)]
    [InlineData("20", 20)]
    public void Five_releases_are_kept_or_as_many_as_the_setting_says(string? text, int kept) => Read(text).ReleasesKept.ShouldBe(kept);

    [Theory]
    [InlineData("1")]
    [InlineData("-3")]
    [InlineData("all")]
    public void Fewer_than_two_can_not_be(string text)
        => Should.Throw<DistributedApplicationException>(() => Read(text)).Message.ShouldBe(
            $"The setting 'Stack:Releases:Keep' is '{text}'; it takes a number of 2 or more: the release that runs and the one before it always stay.");

    private static StackOptions Read(string? keep)
    {
        var builder = Models.Empty();
        builder.Configuration.AddInMemoryCollection([new("Stack:Releases:Keep", keep)]);
        return StackOptions.Read(builder.Configuration, builder.Environment, new DistributedApplicationOptions(), Path.GetTempPath(), null);
    }
}
