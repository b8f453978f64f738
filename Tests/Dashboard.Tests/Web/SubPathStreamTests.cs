using System.Text;
using Microsoft.AspNetCore.Http;
using Stack.Dashboard.Web;

namespace Stack.Dashboard.Tests.Web;

public sealed class SubPathStreamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Addresses_are_found_wherever_the_page_is_cut_in_parts(int size)
    {
        const string Html = "<a href=\"/\">/x</a><a class=\"a\" href=\"/b?c=/d\">href=/e</a><form action=\"/f\"></form><script src=\"/g.js\"></script><a href=\"http://h/i\" title=\"/j\">k</a>";
        using var target = new MemoryStream();
        await using var stream = new SubPathStream(target, new DefaultHttpContext { Response = { ContentType = "text/html; charset=utf-8" } }.Response, "/p");

        foreach (var part in Encoding.UTF8.GetBytes(Html).Chunk(size))
        {
            await stream.WriteAsync(part);
        }

        Encoding.UTF8.GetString(target.ToArray()).ShouldBe(
            "<a href=\"/p/\">/x</a><a class=\"a\" href=\"/p/b?c=/d\">href=/e</a><form action=\"/p/f\"></form><script src=\"/p/g.js\"></script><a href=\"http://h/i\" title=\"/j\">k</a>");
    }

    [Fact]
    public async Task What_is_no_page_passes_as_it_is()
    {
        var text = Encoding.UTF8.GetBytes("{\"html\":\" href=\"/x\"}");
        using var target = new MemoryStream();
        await using var stream = new SubPathStream(target, new DefaultHttpContext { Response = { ContentType = "application/json" } }.Response, "/p");

        await stream.WriteAsync(text);

        target.ToArray().ShouldBe(text);
    }
}
