using System.Globalization;
using System.Text.RegularExpressions;
using Hosting.Tests.Publishing.Linux;
using Stack.Hosting.Publishing.Systemd;
using Testing;

namespace Hosting.Tests.Publishing.Systemd;

/// <summary>What systemd itself says of the units.</summary>
[Trait("kind", "process")]
public sealed partial class SystemdAnalyzeTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("systemd")]
    [InlineData("apphost")]
    public async Task Systemd_finds_nothing_wrong_and_the_services_can_do_little_harm(string supervisor)
    {
        using var model = LinuxModel.Product(4, "--supervisor", supervisor);
        var units = (await model.WriteAsync(new SystemdPublisher())).Files.Where(f => f.Path.StartsWith("rootfs/etc/systemd/system/", StringComparison.Ordinal)).ToList();
        foreach (var unit in units)
        {
            // It wants programs that are there.
            await File.WriteAllTextAsync(_temp.File(Path.GetFileName(unit.Path)), Programs().Replace(unit.Text, "ExecStart=/bin/true"), TestContext.Current.CancellationToken);
        }

        var names = units.Select(u => $"./{Path.GetFileName(u.Path)}").ToList();
        var verified = await Bash.RunAsync($"systemd-analyze --man=no verify {string.Join(' ', names)}", _temp.Path);

        // A mistake is only printed: the exit code is 0.
        verified.All.ShouldBe("");
        verified.ExitCode.ShouldBe(0);
        foreach (var service in names.Where(n => n.EndsWith(".service", StringComparison.Ordinal) && !n.Contains("-watch", StringComparison.Ordinal)))
        {
            var rated = await Bash.RunAsync($"systemd-analyze security --offline=true --no-pager {service}", _temp.Path);
            var level = Level().Match(rated.All);
            level.Success.ShouldBeTrue(rated.All);
            double.Parse(level.Groups["level"].Value, CultureInfo.InvariantCulture).ShouldBeLessThanOrEqualTo(2.0, service);
        }
    }

    [GeneratedRegex("ExecStart=[^ \n]+")]
    private static partial Regex Programs();

    [GeneratedRegex("Overall exposure level for .*: (?<level>[0-9.]+)")]
    private static partial Regex Level();
}
