using Aspire.Hosting;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Writing;

namespace Stack.Hosting.Nginx.Tests.Writing;

public sealed class NginxTextTests
{
    [Theory]
    [InlineData("on", "on")]
    [InlineData("/a/b-c_d.conf", "/a/b-c_d.conf")]
    [InlineData("", "\"\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("a;b", "\"a;b\"")]
    [InlineData("a{b}", "\"a{b}\"")]
    [InlineData("a#b", "\"a#b\"")]
    [InlineData("a'b", "\"a'b\"")]
    [InlineData("a\"b", "\"a\\\"b\"")]
    [InlineData("a\\b", "\"a\\\\b\"")]
    [InlineData("\"; } server { listen 1; }", "\"\\\"; } server { listen 1; }\"")]
    [InlineData("größe", "\"größe\"")]
    public void A_literal_is_quoted_where_nginx_would_read_it_as_something_else(string text, string written) =>
        NginxText.Word(text).ShouldBe(written);

    [Theory]
    [InlineData("a\nb", "a?b")]
    [InlineData("a\rb", "a?b")]
    [InlineData("a\0b", "a?b")]
    [InlineData("a\tb", "a?b")]
    public void Control_characters_are_refused(string text, string shown)
    {
        Should.Throw<DistributedApplicationException>(() => NginxText.Word(text)).Message.ShouldBe(
            $"The value '{shown}' can't be written into the configuration of Nginx: it holds a control character. Use a value without it.");
        Should.Throw<DistributedApplicationException>(() => NginxText.Word(NginxValue.Expression(text)));
    }

    [Fact]
    public void A_literal_with_a_variable_is_refused_because_nginx_has_no_escape_for_it() =>
        Should.Throw<DistributedApplicationException>(() => NginxText.Word("/var/$host")).Message.ShouldBe(
            "The value '/var/$host' can't be written into the configuration of Nginx: '$' begins a variable there. Use a value without it.");

    [Fact]
    public void An_expression_keeps_its_variables() => NginxText.Word(NginxValue.Expression("http://$pool/x y")).ShouldBe("\"http://$pool/x y\"");

    [Fact]
    public void A_block_is_indented_and_a_comment_can_not_end_early()
    {
        NginxText text = new();

        text.Write(new Directive("if", NginxValue.Expression("($x)")) { Comment = "first\nsecond", Children = [new("return", 404)] });

        text.ToString().ShouldBe("# first\n# second\nif ($x) {\n    return 404;\n}\n");
        Should.Throw<DistributedApplicationException>(() => text.Comment("a\rb"));
    }
}
