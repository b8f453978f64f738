using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Aspire.Hosting;

public static partial class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a connection string that configuration gives, under <c>ConnectionStrings:{name}</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource, and of the connection string.</param>
    /// <param name="environmentVariableName">The variable that consumers get it in; null: <c>ConnectionStrings__{name}</c>.</param>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>site.WithReference(builder.AddConnectionString("orders"));</code></example>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string? environmentVariableName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        var resource = new ConnectionStringParameterResource(name, () => ConfiguredValue.ReadConnectionString(builder.Configuration, name), environmentVariableName);
        return builder.AddResource(resource).WithInitialState(ValueSnapshots.First(KnownResourceTypes.ConnectionString, resource.ConfigurationKey));
    }

    /// <summary>Says which value a connection string wants: what is published has it above the line that is to be filled in.</summary>
    /// <param name="builder">The connection string, as <c>AddConnectionString(name)</c> makes it.</param>
    /// <param name="description">The text.</param>
    /// <param name="enableMarkdown">True when it is Markdown.</param>
    /// <exception cref="ArgumentException">Configuration does not give this one: another resource makes it.</exception>
    /// <example><code>builder.AddConnectionString("orders").WithDescription("Host=…;Database=orders;Username=…;Password=…");</code></example>
    public static IResourceBuilder<IResourceWithConnectionString> WithDescription(this IResourceBuilder<IResourceWithConnectionString> builder, string description, bool enableMarkdown = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder is not IResourceBuilder<ParameterResource> parameter)
        {
            throw new ArgumentException($"The connection string of '{builder.Resource.Name}' is made by that resource, so that nobody is asked for it. Describe the parameters that it is made of.", nameof(builder));
        }

        parameter.WithDescription(description, enableMarkdown);
        return builder;
    }

    /// <summary>Makes a parameter whose value configuration gives, without adding it to the application: for resources that have one inside.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the parameter.</param>
    /// <param name="secret">True when the value must not be shown.</param>
    public static ParameterResource CreateParameter(IDistributedApplicationBuilder builder, string name, bool secret)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        return Create(builder, name, ConfiguredValue.Key(name), secret, parameterDefault: null);
    }

    /// <summary>Makes a secret parameter for a password, without adding it to the application. A generated password is kept in the user secrets in run mode.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the parameter.</param>
    /// <param name="lower">True: it may have lower case letters.</param>
    /// <param name="upper">True: it may have upper case letters.</param>
    /// <param name="numeric">True: it may have digits.</param>
    /// <param name="special">True: it may have other characters.</param>
    /// <param name="minLower">How many lower case letters at least.</param>
    /// <param name="minUpper">How many upper case letters at least.</param>
    /// <param name="minNumeric">How many digits at least.</param>
    /// <param name="minSpecial">How many other characters at least.</param>
    public static ParameterResource CreateDefaultPasswordParameter(
        IDistributedApplicationBuilder builder,
        string name,
        bool lower = true,
        bool upper = true,
        bool numeric = true,
        bool special = true,
        int minLower = 0,
        int minUpper = 0,
        int minNumeric = 0,
        int minSpecial = 0)
        => CreateGeneratedParameter(builder, name, secret: true, new GenerateParameterDefault
        {
            Lower = lower,
            Upper = upper,
            Numeric = numeric,
            Special = special,
            MinLower = minLower,
            MinUpper = minUpper,
            MinNumeric = minNumeric,
            MinSpecial = minSpecial,
        });

    /// <summary>Makes a parameter with a generated default, without adding it to the application. In run mode the generated value is kept in the user secrets.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the parameter.</param>
    /// <param name="secret">True when the value must not be shown.</param>
    /// <param name="parameterDefault">How the value is generated.</param>
    public static ParameterResource CreateGeneratedParameter(IDistributedApplicationBuilder builder, string name, bool secret, GenerateParameterDefault parameterDefault)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(parameterDefault);
        return Create(builder, name, ConfiguredValue.Key(name), secret, Kept(builder, name, parameterDefault));
    }
}
