using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Tests.Queries;

public sealed class SearchExpressionTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("   ", true)]
    [InlineData("order", true)]
    [InlineData("ORDER sent", true)]
    [InlineData("sent order", true)]
    [InlineData("rder", true)]
    [InlineData("order lost", false)]
    [InlineData("\"order 17\"", true)]
    [InlineData("\"17 order\"", false)]
    [InlineData("-lost", true)]
    [InlineData("-sent", false)]
    [InlineData("-\"17 sent\" order", true)]
    [InlineData("-\"order 17\"", false)]
    [InlineData("\"order 17", true)]
    [InlineData("-", false)]
    [InlineData("\"\"", true)]
    [InlineData("100%", true)]
    [InlineData("10%_", false)]
    [InlineData("straße", true)]
    [InlineData("STRAßE", true)]
    [InlineData("STRASSE", false)]
    public void Words_and_phrases_must_all_be_there_and_negated_ones_must_not(string text, bool matches)
    {
        SearchExpression.Parse(text).Matches("Order 17 is sent to straße, 100% sure").ShouldBe(matches);
    }

    [Fact]
    public void Only_the_case_of_a_to_z_is_folded()
    {
        SearchExpression.Parse("ÄRGER").Matches("ärger").ShouldBe(false);
        SearchExpression.Parse("k").Matches("\u212A").ShouldBe(false);
    }
}
