namespace EndToEnd.Publishing;

/// <summary>What './stack publish systemd' writes, on a machine that runs systemd: built, installed, attacked, rolled, upgraded, put back, scaled and removed.</summary>
[Collection("boxes")]
[Trait("kind", "e2e")]
public sealed class SystemdTests() : LinuxTests("systemd")
{
    [Fact]
    public async Task A_published_stack_lives_its_whole_life_on_a_machine_of_its_own_without_losing_a_request()
    {
        await IsInstalledAsync(asTyped: true);
        (await Box.ReadAsync("find /etc/stack -name '*secrets.env' ! -perm 600")).ShouldBe("");
        await SurvivesAKillAsync();
        (await Box.ReadAsync("systemctl show -p NRestarts,ActiveState stack-site@8002")).ShouldBe("NRestarts=1\nActiveState=active");
        await using (BoxTraffic traffic = new(Box, Gateway))
        {
            await RollsAsync();
            await GoesOverToAnotherReleaseAsync();
            await PutsABadReleaseBackAsync();
            await GoesBackAsync();
            await HasReplicasAsync(2);
            await traffic.ShouldHaveLostNothingAsync();
        }

        (await Box.ReadAsync("systemctl list-units --plain --no-legend 'stack-site@*' | cut -d' ' -f1")).ShouldBe("stack-site@8001.service\nstack-site@8002.service");
        (await Box.ReadAsync("systemctl is-system-running")).ShouldBe("running");
        await LeavesNothingButDataAsync();
        (await Box.ReadAsync("systemctl list-units --all --plain --no-legend 'stack*'")).ShouldBe("");
    }
}
