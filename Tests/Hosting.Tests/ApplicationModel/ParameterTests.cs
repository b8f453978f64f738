using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.ApplicationModel;

public sealed class ParameterTests
{
    [Theory]
    [InlineData("Parameters:api-key=secret")]
    [InlineData("Parameters:api_key=secret")]
    [InlineData("Parameters:API-KEY=secret")]
    [InlineData("--Parameters:api-key=secret")]
    public async Task The_value_is_that_of_the_key_Parameters(string argument)
        => (await ValueOf(Models.Empty(argument).AddParameter("api-key"))).ShouldBe("secret");

    [Fact]
    public async Task The_key_as_it_is_written_goes_before_the_one_with_underscores()
        => (await ValueOf(Models.Empty("Parameters:api-key=first", "Parameters:api_key=second").AddParameter("api-key"))).ShouldBe("first");

    [Fact]
    public async Task An_empty_value_is_a_value()
        => (await ValueOf(Models.Empty("Parameters:key=").AddParameter("key"))).ShouldBe("");

    [Fact]
    public async Task Without_value_and_default_the_error_names_parameter_and_key()
        => (await Should.ThrowAsync<MissingParameterValueException>(async () => await ValueOf(Models.Empty().AddParameter("api-key")))).Message.ShouldBe(
            "The parameter 'api-key' has no value. Set 'Parameters:api-key' in configuration, for example by the environment variable Parameters__api_key, or give it a default.");

    [Fact]
    public async Task A_value_that_is_given_later_is_found()
    {
        var builder = Models.Empty();
        var parameter = builder.AddParameter("key");
        await Should.ThrowAsync<MissingParameterValueException>(async () => await ValueOf(parameter));

        builder.Configuration["Parameters:key"] = "now";

        (await ValueOf(parameter)).ShouldBe("now");
    }

    [Fact]
    public async Task A_value_once_read_stays()
    {
        var builder = Models.Empty("Parameters:key=first");
        var parameter = builder.AddParameter("key");
        (await ValueOf(parameter)).ShouldBe("first");

        builder.Configuration["Parameters:key"] = "second";

        (await ValueOf(parameter)).ShouldBe("first");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_value_from_code_is_not_changed_by_configuration(bool byFunction, bool configured)
    {
        var builder = configured ? Models.Empty("Parameters:region=other") : Models.Empty();

        var parameter = byFunction ? builder.AddParameter("region", () => "eu-west") : builder.AddParameter("region", "eu-west");

        (await ValueOf(parameter)).ShouldBe("eu-west");
        parameter.Resource.Default.ShouldBeNull();
    }

    [Fact]
    public async Task A_function_is_called_when_the_value_is_first_needed_and_once()
    {
        var calls = 0;
        var parameter = Models.Empty().AddParameter("n", () => $"{++calls}");
        calls.ShouldBe(0);

        (await ValueOf(parameter)).ShouldBe("1");
        (await ValueOf(parameter)).ShouldBe("1");
    }

    [Fact]
    public void A_published_value_is_the_default()
        => Models.Empty().AddParameter("region", "eu-west", publishValueAsDefault: true).Resource.Default!.GetDefaultValue().ShouldBe("eu-west");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_secret_can_not_be_published(bool byFunction)
    {
        var builder = Models.Empty();

        var error = Should.Throw<ArgumentException>(() => byFunction
            ? builder.AddParameter("key", () => "x", publishValueAsDefault: true, secret: true)
            : builder.AddParameter("key", "x", publishValueAsDefault: true, secret: true));

        error.Message.ShouldBe("The parameter 'key' can't be secret and have its value published. Leave out secret or publishValueAsDefault. (Parameter 'publishValueAsDefault')");
        builder.Resources.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false, "from the default")]
    [InlineData(true, "from configuration")]
    public async Task A_default_serves_where_configuration_says_nothing(bool configured, string expected)
    {
        var builder = configured ? Models.Empty("Parameters:key=from configuration") : Models.Empty();

        (await ValueOf(builder.AddParameter("key", new Fixed("from the default")))).ShouldBe(expected);
    }

    [Fact]
    public async Task A_default_can_be_set_on_the_resource()
    {
        var parameter = Models.Empty().AddParameter("key");
        parameter.Resource.Default = new Fixed("later");

        (await ValueOf(parameter)).ShouldBe("later");
    }

    [Fact]
    public async Task A_key_of_its_own_is_read_and_named_when_it_is_missing()
    {
        (await ValueOf(Models.Empty("My:Level=9").AddParameterFromConfiguration("level", "My:Level"))).ShouldBe("9");

        var missing = Models.Empty().AddParameterFromConfiguration("level", "My:Level", secret: true);
        missing.Resource.Secret.ShouldBeTrue();
        (await Should.ThrowAsync<MissingParameterValueException>(async () => await ValueOf(missing))).Message.ShouldBe(
            "The parameter 'level' has no value. Set 'My:Level' in configuration, for example by the environment variable My__Level, or give it a default.");
    }

    [Fact]
    public void The_placeholder_is_its_value_or_its_connection_string()
    {
        var parameter = Models.Empty().AddParameter("key").Resource;
        parameter.ValueExpression.ShouldBe("{key.value}");

        parameter.IsConnectionString = true;

        parameter.ValueExpression.ShouldBe("{key.connectionString}");
    }

    [Fact]
    public void A_description_is_text_unless_it_is_said_to_be_Markdown()
    {
        var parameter = Models.Empty().AddParameter("key").WithDescription("From the *account* page.");
        parameter.Resource.Description.ShouldBe("From the *account* page.");
        parameter.Resource.EnableDescriptionMarkdown.ShouldBeFalse();

        parameter.WithDescription("*x*", enableMarkdown: true).Resource.EnableDescriptionMarkdown.ShouldBeTrue();
    }

    [Fact]
    public void A_connection_string_that_is_asked_for_has_a_description_and_one_that_is_made_has_not()
    {
        var builder = Models.Empty();
        var asked = builder.AddConnectionString("orders").WithDescription("Host=…");
        ((ParameterResource)asked.Resource).Description.ShouldBe("Host=…");

        var made = builder.AddConnectionString("cache", ReferenceExpression.Create($"localhost"));

        Should.Throw<ArgumentException>(() => made.WithDescription("Host=…")).Message.ShouldStartWith("The connection string of 'cache' is made by that resource, so that nobody is asked for it.");
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        var builder = Models.Empty();
        builder.AddParameter("key");

        Should.Throw<DistributedApplicationException>(() => builder.AddParameter("KEY")).Message.ShouldBe(
            "Cannot add the ParameterResource 'KEY': the model has a ParameterResource of that name already. Give one of them another name.");
    }

    [Fact]
    public void Named_arguments_compile_as_in_Aspire()
    {
        var builder = Models.Empty();

        builder.AddParameter(name: "a", secret: true).Resource.Secret.ShouldBeTrue();
        builder.AddParameter(name: "b", value: "v", publishValueAsDefault: false, secret: true).Resource.Secret.ShouldBeTrue();
        builder.AddParameter(name: "c", valueGetter: () => "v", publishValueAsDefault: false, secret: false).Resource.Secret.ShouldBeFalse();
        builder.AddParameter(name: "d", value: new GenerateParameterDefault(), secret: true, persist: true).Resource.Secret.ShouldBeTrue();
        builder.AddParameterFromConfiguration(name: "e", configurationKey: "K", secret: true).Resource.Secret.ShouldBeTrue();
        builder.AddConnectionString(name: "f", environmentVariableName: "F").Resource.ConnectionStringEnvironmentVariable.ShouldBe("F");
    }

    [Fact]
    public void A_password_parameter_is_secret_generated_and_not_in_the_model()
    {
        var builder = Models.Empty();

        var password = ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, "db-password", special: false, minNumeric: 3);

        password.Secret.ShouldBeTrue();
        builder.Resources.ShouldBeEmpty();
        var value = Read(password);
        value.Length.ShouldBe(22);
        value.ShouldAllBe(c => char.IsAsciiLetterOrDigit(c));
        value.Count(char.IsAsciiDigit).ShouldBeGreaterThanOrEqualTo(3);
        Read(password).ShouldBe(value);
    }

    [Fact]
    public void A_password_parameter_takes_a_configured_value()
        => Read(ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(Models.Empty("Parameters:db-password=known"), "db-password")).ShouldBe("known");

    [Fact]
    public void A_generated_parameter_keeps_to_its_rules()
        => Read(ParameterResourceBuilderExtensions.CreateGeneratedParameter(Models.Empty(), "g", secret: false, new GenerateParameterDefault { MinLength = 40 })).Length.ShouldBe(40);

    [Fact]
    public void A_parameter_can_be_made_without_adding_it()
    {
        var builder = Models.Empty("Parameters:inner=x");

        var parameter = ParameterResourceBuilderExtensions.CreateParameter(builder, "inner", secret: true);

        Read(parameter).ShouldBe("x");
        parameter.Secret.ShouldBeTrue();
        builder.Resources.ShouldBeEmpty();
    }

#pragma warning disable CS0618 // the old way to read a value still works
    [Fact]
    public void The_old_property_gives_the_value()
        => Models.Empty("Parameters:key=x").AddParameter("key").Resource.Value.ShouldBe("x");
#pragma warning restore CS0618

    private static string Read(ParameterResource parameter) => parameter.GetValueAsync(TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult()!;

    private static ValueTask<string?> ValueOf(IResourceBuilder<ParameterResource> parameter) => parameter.Resource.GetValueAsync(TestContext.Current.CancellationToken);

    private sealed class Fixed(string value) : ParameterDefault
    {
        public override string GetDefaultValue() => value;

        public override void WriteToManifest(Aspire.Hosting.Publishing.ManifestPublishingContext context) => context.Writer.WriteString("value", value);
    }
}
