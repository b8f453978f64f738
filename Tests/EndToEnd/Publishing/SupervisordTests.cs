namespace EndToEnd.Publishing;

/// <summary>What './stack publish supervisord' writes, on a machine that runs supervisord and cron: built, installed, attacked, given up and found again, rolled, upgraded, put back, scaled and removed.</summary>
[Collection("boxes")]
[Trait("kind", "e2e")]
public sealed class SupervisordTests() : LinuxTests("supervisord")
{
    private const string Site = "/opt/stack/site/current/WebSite";
    private const string Section = "/etc/supervisor/conf.d/stack-site-8003.conf";

    [Fact]
    public async Task A_published_stack_lives_its_whole_life_under_supervisord_without_losing_a_request()
    {
        await Box.ReadAsync("systemctl start supervisor cron");
        await IsInstalledAsync();
        (await Box.ReadAsync("find /etc/stack -name '*.secrets.env' ! \\( -perm 640 -user root -group stack \\)")).ShouldBe("");
        await using (BoxTraffic readers = new(Box, Gateway, posts: false))
        {
            await SurvivesAKillAsync();
            await IsStartedByCronWhenSupervisordHasGivenItUpAsync();
            await readers.ShouldHaveLostNothingAsync();
        }

        await using (BoxTraffic traffic = new(Box, Gateway))
        {
            // Replica by replica, as stack-roll.sh does it too.
            await GoesOverToAnotherReleaseAsync();
            await PutsABadReleaseBackAsync();
            await GoesBackAsync();
            await HasReplicasAsync(2);
            (await SectionsAsync()).ShouldBe("stack-dashboard\nstack-site-8001\nstack-site-8002");
            await HasReplicasAsync(4);
            (await SectionsAsync()).ShouldBe("stack-dashboard\nstack-site-8001\nstack-site-8002\nstack-site-8003\nstack-site-8004");
            await traffic.ShouldHaveLostNothingAsync();
        }

        await AnswersWhatItHasBegunBeforeItStopsAsync();
        await LeavesNothingButDataAsync();
        (await SectionsAsync()).ShouldBe("");
    }

    // With one try, since the sixty that it has take half an hour; its program can't be run for as long as that.
    private async Task IsStartedByCronWhenSupervisordHasGivenItUpAsync()
    {
        var before = await PidsAsync(8003);
        await Box.ReadAsync($"cp {Section} /root/section; sed -i 's/^startretries=.*/startretries=1/' {Section}; chmod -x {Site}; supervisorctl update stack-site-8003");
        await Eventually.TrueAsync(async () => (await StateAsync(8003)) == "FATAL", Limit, () => Box.ReadAsync("supervisorctl status; true"));
        await Box.ReadAsync($"chmod +x {Site}; cp /root/section {Section}");

        await ComesBackAsync(8003, before);

        (await Box.ReadAsync("journalctl -q -t stack-watch -o cat")).ShouldContain("stack-site-8003 has failed; it is started again");
        (await Box.ReadAsync("journalctl -q -t CRON -o cat")).ShouldContain("(root) CMD (/opt/stack/bin/watch)");
    }

    private async Task AnswersWhatItHasBegunBeforeItStopsAsync()
    {
        using var client = Box.Client("http://127.0.0.1:8001");
        var slow = client.GetStringAsync(new Uri("/slow?milliseconds=3000", UriKind.Relative));
        await Eventually.TrueAsync(async () => (await Box.ReadAsync("tail -n 5 /var/log/stack/site-8001.log")).Contains("3000", StringComparison.Ordinal), Limit, () => Task.FromResult("the request did not begin"));

        await Box.ReadAsync("supervisorctl stop stack-site-8001");

        (await slow).ShouldEndWith("took its time: 3000 ms.");
        (await PidsAsync(8001)).ShouldBe("");
    }

    private async Task<string> StateAsync(int port) => (await Box.RunAsync($"supervisorctl status stack-site-{port} | awk '{{ print $2 }}'")).Output.Trim();

    private async Task<string> SectionsAsync() => (await Box.RunAsync("supervisorctl status | cut -d' ' -f1")).Output.Trim();
}
