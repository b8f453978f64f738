using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.ApplicationModel;

public sealed class ReferenceExpressionBuilderTests
{
    private readonly IDistributedApplicationBuilder _application = Models.Empty("Parameters:key=a/b");

    [Fact]
    public void It_is_empty_until_something_is_added()
    {
        var builder = new ReferenceExpressionBuilder();
        builder.IsEmpty.ShouldBeTrue();
        builder.Build().Format.ShouldBe("");

        builder.AppendLiteral("x");

        builder.IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public async Task Pieces_follow_each_other_in_the_order_they_were_added()
    {
        var key = _application.AddParameter("key");
        var builder = new ReferenceExpressionBuilder();
        builder.AppendLiteral("{literal}");
        builder.AppendFormatted("text");
        builder.AppendFormatted("te xt", "uri");
        builder.AppendFormatted(key.Resource);
        builder.AppendFormatted(key.Resource, "uri");
        builder.Append($"<{key}:{key:uri}:{key.Resource}:{"a b":uri}:{(string?)"t"}>");
        builder.AppendValueProvider(key);
        builder.AppendValueProvider(key.Resource, "uri");
        builder.AppendValueProvider("z z", "uri");

        var expression = builder.Build();

        expression.ValueProviders.Count.ShouldBe(7);
        (await expression.GetValueAsync(TestContext.Current.CancellationToken)).ShouldBe("{literal}textte%20xta/ba%2Fb<a/b:a%2Fb:a/b:a%20b:t>a/ba%2Fbz%20z");
    }

    [Fact]
    public void What_is_added_later_does_not_change_what_was_built()
    {
        var builder = new ReferenceExpressionBuilder();
        builder.AppendLiteral("a");
        var first = builder.Build();

        builder.AppendLiteral("b");

        first.Format.ShouldBe("a");
        builder.Build().Format.ShouldBe("ab");
    }

    [Fact]
    public void Expressions_are_put_in_part_by_part()
    {
        var key = _application.AddParameter("key");
        var builder = new ReferenceExpressionBuilder();
        builder.Append($"{key}");
        builder.AppendFormatted(ReferenceExpression.Create($"[{key}]"));

        builder.Build().Format.ShouldBe("{0}[{1}]");
    }

    [Fact]
    public void Something_without_a_value_is_refused_by_its_type()
        => Should.Throw<ArgumentException>(() => new ReferenceExpressionBuilder().AppendValueProvider(new Version(1, 0))).Message.ShouldStartWith(
            "A 'Version' can't be part of an expression. Add a text, or something that is both an IValueProvider and an IManifestExpressionProvider.");

    [Fact]
    public void A_resource_without_a_value_is_refused_by_its_type()
        => Should.Throw<ArgumentException>(() => new ReferenceExpressionBuilder().AppendValueProvider(_application.AddTool())).Message.ShouldStartWith("A 'ExecutableResource' can't be part of an expression.");
}
