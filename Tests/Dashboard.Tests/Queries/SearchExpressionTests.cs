using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Queries;

public sealed class SearchExpressionTests
{
    private static readonly LogRow Row = Samples.Log(
        "Order 17 is sent to straße, 100% sure", severity: 13, traceId: "4bf92f3577b34da6a3ce929d0e0e4736", template: "Order {Id} is sent to {Street}",
        attributes: """{"Id":17,"Price":5.50,"Paid":true,"Note":null,"Path":"/Home","odd key":"a\"b","Tags":["x","y"],"StatusCode":503,"Milliseconds":1500.5,"Text":"42"}""");

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
    public void Words_and_phrases_must_all_be_there_and_negated_ones_must_not(string text, bool matches) => Matches(text).ShouldBe(matches);

    [Theory]
    [InlineData("level:warning", true)]
    [InlineData("level:warn", true)]
    [InlineData("level:Error", false)]
    [InlineData("level:>=Warning", true)]
    [InlineData("level:>Information", true)]
    [InlineData("level:>Warning", false)]
    [InlineData("level:<Error", true)]
    [InlineData("level:<=Information", false)]
    [InlineData("-level:Warning", false)]
    [InlineData("instance:SITE-8001", true)]
    [InlineData("instance:site", false)]
    [InlineData("instance:~8001", true)]
    [InlineData("service:site", true)]
    [InlineData("-service:site", false)]
    [InlineData("scope:WebSite.Home", true)]
    [InlineData("scope:~website", true)]
    [InlineData("template:\"Order {Id} is sent to {Street}\"", true)]
    [InlineData("template:~{street}", true)]
    [InlineData("trace:4bf92f3", true)]
    [InlineData("trace:4bf92f3577b34da6a3ce929d0e0e4736", true)]
    [InlineData("-trace:4bf92f4", true)]
    [InlineData("span:4bf92f3577b34da6", true)]
    [InlineData("Id:17", true)]
    [InlineData("Id:17.0", true)]
    [InlineData("Id:7", false)]
    [InlineData("Id:~7", true)]
    [InlineData("Id:>16", true)]
    [InlineData("Id:>17", false)]
    [InlineData("Id:<=17", true)]
    [InlineData("id:17", false)]
    [InlineData("Price:5.5", true)]
    [InlineData("Paid:TRUE", true)]
    [InlineData("Note:null", false)]
    [InlineData("Path:/home", true)]
    [InlineData("-Path:/home", false)]
    [InlineData("-Missing:x", true)]
    [InlineData("Missing:~\"\"", false)]
    [InlineData("Path:~\"\"", true)]
    [InlineData("\"odd key\":\"a\\\"b\"", true)]
    [InlineData("Tags:~\"\\\"y\\\"\"", true)]
    [InlineData("Text:>41", true)]
    [InlineData("Path:>1", false)]
    [InlineData("status:>=500", true)]
    [InlineData("status:503 -status:200", true)]
    [InlineData("dur:>1.5s", true)]
    [InlineData("dur:<1500ms", false)]
    [InlineData("route:~home", false)]
    [InlineData("method:GET", false)]
    public void Fields_are_compared(string text, bool matches) => Matches(text).ShouldBe(matches);

    [Theory]
    [InlineData("fail: timeout")]
    [InlineData("http://localhost:8080/x")]
    [InlineData("12:30:01")]
    [InlineData(":x")]
    public void Colons_of_ordinary_text_are_no_fields(string text)
    {
        var search = SearchExpression.Parse(text);

        search.Problem.ShouldBeNull();
        search.Terms.ShouldAllBe(term => term.Field == null);
        string.Join(' ', search.Terms.Select(term => term.Value)).ShouldBe(text);
    }

    [Theory]
    [InlineData("level:Loud", "'Loud' is not a level. Levels: Trace, Debug, Information, Warning, Error, Critical.")]
    [InlineData("level:~Err", "A level is compared as a whole: write level:Error, or level:>=Warning.")]
    [InlineData("x level:", "'level:' has no value. Write level:value, or \"level:\" in quotation marks to search for that text.")]
    [InlineData("trace:xyz", "'trace:xyz' must be 7 to 32 hexadecimal digits: trace:4bf92f3577b34da6.")]
    [InlineData("span:12", "'span:12' must be 16 hexadecimal digits: span:00f067aa0ba902b7.")]
    [InlineData("Id:>many", "'many' is not a number, so that 'Id' cannot be compared with it: write Id:>=500.")]
    [InlineData("dur:slow", "'slow' is not a number, so that 'dur' cannot be compared with it: write dur:>=500, 1.5s or 2m.")]
    [InlineData("instance:>3", "'instance' is a text, which is not less or greater: write instance:value, or instance:~part.")]
    public void What_can_never_match_is_a_problem_that_is_told(string text, string problem)
    {
        SearchExpression.Parse(text).Problem.ShouldBe(problem);
        Matches(text).ShouldBeFalse();
    }

    [Theory]
    [InlineData("word")]
    [InlineData("-word")]
    [InlineData("\"two words\"")]
    [InlineData("-level:Error")]
    [InlineData("level:>=Warning")]
    [InlineData("Path:~\"a b\"")]
    [InlineData("\"odd key\":x")]
    [InlineData("Note:\"~x\"")]
    [InlineData("Note:\"say \\\"hi\\\" \\\\o\"")]
    [InlineData("\"-x\"")]
    [InlineData("\"level:x\"")]
    [InlineData("a:<5")]
    [InlineData("k:~\"\"")]
    public void A_condition_is_written_as_it_is_read(string text)
    {
        SearchExpression.Parse(text).Terms.ShouldHaveSingleItem().ToString().ShouldBe(text);
    }

    [Fact]
    public void Only_the_case_of_a_to_z_is_folded()
    {
        new LogFilter { Text = "ÄRGER" }.Matches(Row with { Body = "ärger" }).ShouldBe(false);
        new LogFilter { Text = "k" }.Matches(Row with { Body = "\u212A" }).ShouldBe(false);
    }

    private static bool Matches(string text) => new LogFilter { Text = text }.Matches(Row);
}
