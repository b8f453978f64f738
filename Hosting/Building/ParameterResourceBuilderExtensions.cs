using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Aspire.Hosting;

/// <summary>Adds parameters: values that are given from outside.</summary>
public static partial class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter whose value configuration gives, under <c>Parameters:{name}</c>. In an environment variable that is <c>Parameters__name</c>; a hyphen in the name may be written as an underscore.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="secret">True when the value must not be shown.</param>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>var key = builder.AddParameter("api-key", secret: true);</code></example>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, [ResourceName] string name, bool secret = false)
        => Add(builder, name, ConfiguredValue.Key(name), secret, parameterDefault: null);

    /// <summary>Adds a parameter with a value. Configuration does not change it.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="value">The value.</param>
    /// <param name="publishValueAsDefault">True: published files give the value as the default.</param>
    /// <param name="secret">True when the value must not be shown.</param>
    /// <exception cref="ArgumentException">It is both secret and published.</exception>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>var region = builder.AddParameter("region", "eu-west", publishValueAsDefault: true);</code></example>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string value, bool publishValueAsDefault = false, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        return builder.AddParameter(name, () => value, publishValueAsDefault, secret);
    }

    /// <summary>Adds a parameter with a value that a function gives when it is first needed. Configuration does not change it.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="valueGetter">The function.</param>
    /// <param name="publishValueAsDefault">True: published files give the value as the default.</param>
    /// <param name="secret">True when the value must not be shown.</param>
    /// <exception cref="ArgumentException">It is both secret and published.</exception>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>var user = builder.AddParameter("user", () => Environment.UserName);</code></example>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(valueGetter);
        if (publishValueAsDefault && secret)
        {
            throw new ArgumentException($"The parameter '{name}' can't be secret and have its value published. Leave out secret or publishValueAsDefault.", nameof(publishValueAsDefault));
        }

        return Add(builder, new ParameterResource(name, _ => valueGetter(), secret)
        {
            Default = publishValueAsDefault ? new ConstantParameterDefault(valueGetter) : null,
        });
    }

    /// <summary>Adds a parameter whose value configuration gives, under <c>Parameters:{name}</c>, or else a default.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="value">The default.</param>
    /// <param name="secret">True when the value must not be shown.</param>
    /// <param name="persist">True: in run mode the default's value is kept in the user secrets, so that the next start has the same.</param>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>var password = builder.AddParameter("password", new GenerateParameterDefault { MinLength = 32 }, secret: true, persist: true);</code></example>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(value);
        return Add(builder, name, ConfiguredValue.Key(name), secret, persist ? Kept(builder, name, value) : value);
    }

    /// <summary>Adds a parameter whose value configuration gives, under a key of its own.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="configurationKey">The key.</param>
    /// <param name="secret">True when the value must not be shown.</param>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>var level = builder.AddParameterFromConfiguration("log-level", "Logging:LogLevel:Default");</code></example>
    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string configurationKey, bool secret = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(configurationKey);
        return Add(builder, name, configurationKey, secret, parameterDefault: null);
    }

    /// <summary>Says what the value is for.</summary>
    /// <param name="builder">The parameter.</param>
    /// <param name="description">The text.</param>
    /// <param name="enableMarkdown">True when it is Markdown.</param>
    /// <example><code>builder.AddParameter("api-key", secret: true).WithDescription("From the account page of the weather service.");</code></example>
    public static IResourceBuilder<ParameterResource> WithDescription(this IResourceBuilder<ParameterResource> builder, string description, bool enableMarkdown = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(description);
        builder.Resource.Description = description;
        builder.Resource.EnableDescriptionMarkdown = enableMarkdown;
        return builder;
    }

    private static IResourceBuilder<ParameterResource> Add(
        IDistributedApplicationBuilder builder, string name, string key, bool secret, ParameterDefault? parameterDefault)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        return Add(builder, Create(builder, name, key, secret, parameterDefault));
    }

    private static IResourceBuilder<ParameterResource> Add(IDistributedApplicationBuilder builder, ParameterResource parameter)
        => builder.AddResource(parameter).WithInitialState(ValueSnapshots.First(KnownResourceTypes.Parameter, parameter.ConfigurationKey));

    private static ParameterResource Create(IDistributedApplicationBuilder builder, string name, string key, bool secret, ParameterDefault? parameterDefault)
        => new(name, value => ConfiguredValue.Read(builder.Configuration, name, key, value), secret)
        {
            Default = parameterDefault,
            ConfigurationKey = key,
        };

    private static ParameterDefault Kept(IDistributedApplicationBuilder builder, string name, ParameterDefault value)
        => builder.ExecutionContext.IsRunMode ? new KeptParameterDefault(builder.UserSecretsManager, name, value) : value;
}
