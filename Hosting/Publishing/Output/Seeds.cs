using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Output;

/// <summary>The lines of a seed file that parameters become.</summary>
internal static class Seeds
{
    /// <summary>The variable that holds a parameter where a stack is published to: <c>db-password</c> is <c>DB_PASSWORD</c>.</summary>
    public static string NameOf(ParameterResource parameter) => parameter.Name.Replace('-', '_').ToUpperInvariant();

    public static SeedKey Of(ParameterResource parameter)
    {
        var what = parameter.IsConnectionString ? $"Connection string '{parameter.Name}'." : $"Parameter '{parameter.Name}'.";
        var isGenerated = parameter.Default is GenerateParameterDefault;
        return new SeedKey(
            NameOf(parameter),
            [.. parameter.Description is { Length: > 0 } text ? text.Split('\n') : [what], parameter.Default is null ? "Needed." : isGenerated ? "Was made up." : "Has its default."],
            parameter.Default is { } value ? value.GetDefaultValue : null);
    }
}
