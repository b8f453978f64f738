using Microsoft.AspNetCore.Builder;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Requests;

public class InstanceHeaderTests
{
    [Theory]
    [InlineData("true", "site-8003")]
    [InlineData("false", null)]
    [InlineData(null, null)]
    public async Task Answers_name_the_replica_only_where_asked_for_error_pages_too(string? setting, string? header)
    {
        await using var site = await TestSite.StartAsync(
            new() { ["STACK_INSTANCE"] = "site-8003", ["Stack:InstanceHeader"] = setting },
            pipeline: app =>
            {
                app.UseExceptionHandler("/oops");
                app.MapGet("/oops", () => "sorry");
                app.MapGet("/", string () => throw new InvalidOperationException("broken"));
            });
        using var client = site.CreateClient();

        using var answer = await client.GetAsync("/", TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(500);
        answer.Headers.TryGetValues("X-Stack-Instance", out var values).ShouldBe(header is not null);
        values?.ShouldBe([header]);
    }
}
