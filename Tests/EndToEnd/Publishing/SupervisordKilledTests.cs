namespace EndToEnd.Publishing;

/// <summary>A supervisord that is killed leaves its programs behind, and the next one can't start them again as long as they have the ports.</summary>
[Collection("boxes")]
[Trait("kind", "slow")]
public sealed class SupervisordKilledTests() : LinuxTests("supervisord")
{
    [Fact]
    public async Task What_a_killed_supervisord_has_left_serves_until_the_next_one_takes_over()
    {
        await Box.ReadAsync("systemctl start supervisor");
        await IsInstalledAsync();
        var before = await PidsAsync(Ports);
        await using BoxTraffic readers = new(Box, Gateway, posts: false);

        // Until systemd has noticed, a start is none.
        await Box.ReadAsync("systemctl kill -s KILL --kill-who=main supervisor; until systemctl start supervisor && supervisorctl pid; do sleep 1; done; sleep 5");
        (await PidsAsync(Ports)).ShouldBe(before, "they serve on");
        // Cron does it.
        await Box.ReadAsync("/opt/stack/bin/watch");

        (await Box.ReadAsync("pgrep -u stack -P 1; true")).ShouldBe("");
        foreach (var (pid, port) in before.Split('\n').Zip(Ports))
        {
            await ComesBackAsync(port, pid);
        }

        (await Box.ReadAsync("supervisorctl status | grep -c RUNNING")).ShouldBe("5");
        await readers.ShouldHaveLostNothingAsync();
    }
}
