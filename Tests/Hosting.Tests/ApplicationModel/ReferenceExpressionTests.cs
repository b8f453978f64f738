using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.ApplicationModel;

public sealed class ReferenceExpressionTests
{
    private readonly IDistributedApplicationBuilder _builder = Models.Empty("Parameters:user=anna", "Parameters:password=a b&c", "Parameters:empty=");

    private IResourceBuilder<ParameterResource> User => field ??= _builder.AddParameter("user");

    private IResourceBuilder<ParameterResource> Password => field ??= _builder.AddParameter("password", secret: true);

    [Fact]
    public async Task Text_alone_is_its_own_value()
    {
        var expression = ReferenceExpression.Create($"plain text");

        expression.Format.ShouldBe("plain text");
        expression.ValueProviders.ShouldBeEmpty();
        expression.ValueExpression.ShouldBe("plain text");
        (await ValueOf(expression)).ShouldBe("plain text");
    }

    [Fact]
    public async Task Values_have_a_place_in_the_format_and_a_placeholder()
    {
        var expression = ReferenceExpression.Create($"user={User.Resource};password={Password.Resource}");

        expression.Format.ShouldBe("user={0};password={1}");
        expression.ValueProviders.ShouldBe([User.Resource, Password.Resource]);
        expression.ManifestExpressions.ShouldBe(["{user.value}", "{password.value}"]);
        expression.StringFormats.ShouldBe([null, null]);
        expression.ValueExpression.ShouldBe("user={user.value};password={password.value}");
        (await ValueOf(expression)).ShouldBe("user=anna;password=a b&c");
    }

    [Fact]
    public async Task The_builder_of_a_resource_stands_for_its_resource()
    {
        var expression = ReferenceExpression.Create($"{User}:{Password:uri}");

        expression.ValueProviders.ShouldBe([User.Resource, Password.Resource]);
        expression.StringFormats.ShouldBe([null, "uri"]);
        (await ValueOf(expression)).ShouldBe("anna:a%20b%26c");
    }

    [Fact]
    public async Task The_format_uri_percent_encodes_a_value_and_a_text()
    {
        var text = "x/y z";

        (await ValueOf(ReferenceExpression.Create($"?a={Password.Resource:uri}&b={text:uri}"))).ShouldBe("?a=a%20b%26c&b=x%2Fy%20z");
    }

    [Theory]
    [InlineData("uri")]
    [InlineData("URI")]
    [InlineData("Uri")]
    public async Task The_format_uri_is_known_in_any_case(string format)
    {
        var builder = new ReferenceExpressionBuilder();
        builder.AppendFormatted(Password.Resource, format);

        (await ValueOf(builder.Build())).ShouldBe("a%20b%26c");
    }

    [Fact]
    public void A_format_that_is_not_known_is_refused_where_it_is_written()
        => Should.Throw<FormatException>(() => ReferenceExpression.Create($"{User.Resource:upper}")).Message.ShouldBe(
            "The format 'upper' of a value in an expression is not known. Use 'uri', which percent-encodes the value, or none.");

    [Theory]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("{0}")]
    [InlineData("{{0}}")]
    [InlineData("a{b}c")]
    public async Task Braces_in_text_stay_text(string text)
    {
        var expression = ReferenceExpression.Create($"<{text}>{User.Resource}");

        (await ValueOf(expression)).ShouldBe($"<{text}>anna");
        expression.ValueExpression.ShouldBe($"<{text}>{{user.value}}");
    }

    [Fact]
    public async Task Braces_of_the_literal_itself_stay_text()
    {
        var expression = ReferenceExpression.Create($"{{\"user\":\"{User.Resource}\"}}");

        (await ValueOf(expression)).ShouldBe("{\"user\":\"anna\"}");
    }

    [Fact]
    public async Task An_expression_in_another_is_put_in_part_by_part()
    {
        var inner = ReferenceExpression.Create($"{User.Resource}@{Password.Resource:uri}");

        var expression = ReferenceExpression.Create($"a={Password.Resource};b={inner};c={inner}");

        expression.Format.ShouldBe("a={0};b={1}@{2};c={3}@{4}");
        expression.ValueProviders.ShouldBe([Password.Resource, User.Resource, Password.Resource, User.Resource, Password.Resource]);
        expression.StringFormats.ShouldBe([null, null, "uri", null, "uri"]);
        (await ValueOf(expression)).ShouldBe("a=a b&c;b=anna@a%20b%26c;c=anna@a%20b%26c");
    }

    [Fact]
    public async Task Braces_of_an_inner_expression_are_not_taken_for_its_indices()
    {
        var inner = ReferenceExpression.Create($"{{0}}{User.Resource}");

        (await ValueOf(ReferenceExpression.Create($"{Password.Resource}{inner}"))).ShouldBe("a b&c{0}anna");
    }

    [Fact]
    public async Task Without_text_the_value_is_null()
    {
        ReferenceExpression.Empty.Format.ShouldBe("");
        (await ValueOf(ReferenceExpression.Empty)).ShouldBeNull();
        (await ValueOf(ReferenceExpression.Create($""))).ShouldBeNull();
        (await ValueOf(ReferenceExpression.Create($"{(string?)null}"))).ShouldBeNull();
    }

    [Fact]
    public async Task A_value_that_is_empty_or_null_leaves_its_place_empty()
    {
        var empty = _builder.AddParameter("empty");

        (await ValueOf(ReferenceExpression.Create($"<{empty}{new Nothing()}>"))).ShouldBe("<>");
    }

    [Fact]
    public void The_references_are_the_values()
        => References(ReferenceExpression.Create($"{User}{Password}")).ShouldBe([User.Resource, Password.Resource]);

    [Fact]
    public async Task The_consumer_reaches_every_value()
    {
        var tool = _builder.AddTool();
        var asked = new Recorder();

        await ReferenceExpression.Create($"{asked}").GetValueAsync(new ValueProviderContext { Caller = tool.Resource }, TestContext.Current.CancellationToken);

        asked.Caller.ShouldBe(tool.Resource);
    }

    [Theory]
    [InlineData("anna", "yes")]
    [InlineData("ANNA", "yes")]
    [InlineData("bert", "no")]
    public async Task A_conditional_expression_compares_without_regard_to_case(string match, string expected)
    {
        var expression = ReferenceExpression.CreateConditional(User.Resource, match, ReferenceExpression.Create($"yes"), ReferenceExpression.Create($"no"));

        (await ValueOf(expression)).ShouldBe(expected);
        expression.ValueExpression.ShouldBe(expected);
    }

    [Fact]
    public async Task A_conditional_expression_tells_its_parts_and_can_be_part_of_another()
    {
        var whenTrue = ReferenceExpression.Create($"{Password}");
        var whenFalse = ReferenceExpression.Create($"none");

        var expression = ReferenceExpression.CreateConditional(User.Resource, "anna", whenTrue, whenFalse);

        expression.IsConditional.ShouldBeTrue();
        expression.Condition.ShouldBe(User.Resource);
        expression.MatchValue.ShouldBe("anna");
        expression.WhenTrue.ShouldBe(whenTrue);
        expression.WhenFalse.ShouldBe(whenFalse);
        References(expression).ShouldBe([User.Resource, whenTrue, whenFalse]);
        ReferenceExpression.Create($"x").IsConditional.ShouldBeFalse();
        (await ValueOf(ReferenceExpression.Create($"<{expression}>"))).ShouldBe("<a b&c>");
    }

    [Fact]
    public async Task A_conditional_expression_may_give_nothing()
    {
        var expression = ReferenceExpression.CreateConditional(User.Resource, "bert", ReferenceExpression.Create($"x"), ReferenceExpression.Empty);

        (await ValueOf(expression)).ShouldBeNull();
    }

    [Fact]
    public void A_condition_that_is_not_known_yet_counts_as_different_when_publishing()
    {
        var later = new Later();

        ReferenceExpression.CreateConditional(later, "x", ReferenceExpression.Create($"yes"), ReferenceExpression.Create($"no")).ValueExpression.ShouldBe("no");
    }

    [Fact]
    public async Task An_endpoint_in_an_expression_is_its_url_and_its_properties_are_their_own()
    {
        var api = _builder.AddTool("api").WithHttpEndpoint(name: "web").Allocated("web", 5000);
        var endpoint = api.GetEndpoint("web");

        var expression = ReferenceExpression.Create($"{endpoint}/v1 {endpoint.Property(EndpointProperty.Host)} {endpoint.Property(EndpointProperty.Port)}");

        (await ValueOf(expression)).ShouldBe("http://localhost:5000/v1 localhost 5000");
        expression.ValueExpression.ShouldBe("{api.bindings.web.url}/v1 {api.bindings.web.host} {api.bindings.web.port}");
    }

    private static ValueTask<string?> ValueOf(ReferenceExpression expression) => expression.GetValueAsync(TestContext.Current.CancellationToken);

    private static IEnumerable<object> References(IValueWithReferences value) => value.References;

    private sealed class Nothing : IValueProvider, IManifestExpressionProvider
    {
        public string ValueExpression => "{nothing.value}";

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(null);
    }

    private sealed class Later : IValueProvider
    {
        private readonly TaskCompletionSource<string?> _never = new();

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(_never.Task);
    }

    private sealed class Recorder : IValueProvider, IManifestExpressionProvider
    {
        public IResource? Caller { get; private set; }

        public string ValueExpression => "";

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>("");

        public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
        {
            Caller = context.Caller;
            return GetValueAsync(cancellationToken);
        }
    }
}
