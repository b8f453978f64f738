using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Stack.Hosting.Building;

/// <summary>Reads the values of parameters and connection strings from configuration.</summary>
internal static class ConfiguredValue
{
    public static string Key(string parameter) => $"Parameters:{parameter}";

    /// <exception cref="MissingParameterValueException">There is neither a value nor a default; names parameter and key.</exception>
    public static string Read(IConfiguration configuration, string parameter, string key, ParameterDefault? parameterDefault)
        => configuration[key]
            ?? configuration[key.Replace('-', '_')]
            ?? parameterDefault?.GetDefaultValue()
            ?? throw new MissingParameterValueException(
                $"The parameter '{parameter}' has no value. Set '{key}' in configuration, for example by the environment variable {Variable(key)}, or give it a default.") { Key = key };

    /// <exception cref="MissingParameterValueException">There is no value; names connection string and key.</exception>
    public static string ReadConnectionString(IConfiguration configuration, string name)
        => configuration.GetConnectionString(name)
            ?? configuration.GetConnectionString(name.Replace('-', '_'))
            ?? throw new MissingParameterValueException(
                $"The connection string '{name}' has no value. Set 'ConnectionStrings:{name}' in configuration, for example by the environment variable ConnectionStrings__{name}.") { Key = $"ConnectionStrings:{name}" };

    private static string Variable(string key) => key.Replace(":", "__", StringComparison.Ordinal).Replace('-', '_');
}
