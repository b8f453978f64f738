using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Plans;

namespace Hosting.Tests.Publishing.Plans;

public sealed class PublishedValueTests
{
    private static readonly ParameterResource Key = new("key", _ => "", secret: true);

    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("{0}", "<key>")]
    [InlineData("a{0}b{1}c", "a<key>btextc")]
    [InlineData("{{0}}", "{0}")]
    [InlineData("{{{0}}}", "{<key>}")]
    [InlineData("{1}{1}{0}", "texttext<key>")]
    public void A_format_is_filled_with_texts_and_parameters(string format, string expected)
        => PublishedValue.Format(format, [new PublishedValue([new ValuePart("", Key)]), new PublishedValue("text")]).Render(t => t, p => $"<{p.Name}>").ShouldBe(expected);

    [Fact]
    public void Texts_beside_each_other_are_one_part_and_such_a_value_has_a_text()
    {
        var value = PublishedValue.Format("a{0}c{1}", [new PublishedValue("b"), new PublishedValue("d")]);

        value.Parts.ShouldBe([new ValuePart("abcd", null)]);
        value.Text.ShouldBe("abcd");
        value.IsSecret.ShouldBeFalse();
        PublishedValue.Format("{0}", [new PublishedValue([new ValuePart("", Key)])]).Text.ShouldBeNull();
    }
}
