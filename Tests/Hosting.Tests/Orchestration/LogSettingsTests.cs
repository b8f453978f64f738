using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration;

namespace Hosting.Tests.Orchestration;

public sealed class LogSettingsTests
{
    [Fact]
    public void Logs_may_take_2_GB_and_leave_512_MB_free()
    {
        Read().ShouldBe(new LogSettings { TotalBytes = 2L * 1024 * 1024 * 1024, MinFreeBytes = 512L * 1024 * 1024 });
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("123456", 123456)]
    [InlineData("500KB", 500 * 1024)]
    [InlineData("50 mb", 50 * 1024 * 1024)]
    [InlineData("3GB", 3L * 1024 * 1024 * 1024)]
    public void Sizes_are_bytes_or_have_a_unit(string text, long bytes)
    {
        Read(("Stack:Logs:TotalBytes", text), ("Stack:Logs:MinFreeBytes", text)).ShouldBe(new LogSettings { TotalBytes = bytes, MinFreeBytes = bytes });
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("much")]
    [InlineData("MB")]
    [InlineData("1.5GB")]
    [InlineData("99999999999GB")]
    public void What_is_no_size_is_refused_with_the_setting_named(string text)
    {
        var error = Should.Throw<DistributedApplicationException>(() => Read(("Stack:Logs:MinFreeBytes", text)));

        error.Message.ShouldBe($"The setting 'Stack:Logs:MinFreeBytes' is '{text}'; it takes a number of bytes, or one with KB, MB or GB, as in 500MB.");
    }

    [Fact]
    public void Limits_of_a_resource_are_50_MB_and_ten_archives_and_never_negative()
    {
        var options = new SupervisionOptions();

        (options.StdoutLogFileMaxBytes, options.StdoutLogFileBackups).ShouldBe((50L * 1024 * 1024, 10));
        var error = Should.Throw<DistributedApplicationException>(() => Models.Empty().AddExecutable("tool", "/bin/true", "/").WithSupervision(s =>
        {
            s.StdoutLogFileMaxBytes = -1;
            s.StdoutLogFileBackups = -2;
        }));
        error.Message.ShouldBe("""
            Resource 'tool': StdoutLogFileMaxBytes is -1. Give a number of bytes, or 0 for a log that is never rotated.
            Resource 'tool': StdoutLogFileBackups is -2. Give a number of archives, or 0 to keep none.
            """);
    }

    private static LogSettings Read(params (string Key, string Value)[] settings)
    {
        var builder = Models.Empty();
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        return StackOptions.Read(builder.Configuration, builder.Environment, new DistributedApplicationOptions(), Path.GetTempPath(), null).Logs;
    }
}
