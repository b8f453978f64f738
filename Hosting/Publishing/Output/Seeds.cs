using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Output;

/// <summary>The lines of a seed file that parameters become.</summary>
internal static class Seeds
{
    /// <summary>The variable that holds a parameter where a stack is published to: <c>db-password</c> is <c>DB_PASSWORD</c>.</summary>
    public static string NameOf(ParameterResource parameter) => parameter.Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>What a README says of the values that only the user can give; empty: there are none.</summary>
    /// <param name="parameters">All parameters of the plan.</param>
    /// <param name="file">The seed file.</param>
    public static string Asked(IEnumerable<ParameterResource> parameters, string file)
    {
        var lines = string.Concat(parameters.Where(p => p.Default is null).Select(p => $"- `{NameOf(p)}`: {DescriptionOf(p)}\n"));
        return lines.Length == 0 ? "" : $"Before the first start, in `{file}`:\n\n{lines}\n";
    }

    public static SeedKey Of(ParameterResource parameter) => Of(parameter, "Needed.");

    /// <param name="parameter">The parameter.</param>
    /// <param name="withoutDefault">What the line's comment says when there is no default.</param>
    public static SeedKey Of(ParameterResource parameter, string withoutDefault)
    {
        var isGenerated = parameter.Default is GenerateParameterDefault;
        return new SeedKey(
            NameOf(parameter),
            [.. DescriptionOf(parameter).Split('\n'), parameter.Default is null ? withoutDefault : isGenerated ? "Was made up." : "Has its default."],
            parameter.Default is { } value ? value.GetDefaultValue : null);
    }

    private static string DescriptionOf(ParameterResource parameter)
        => parameter.Description is { Length: > 0 } text ? text : parameter.IsConnectionString ? $"Connection string '{parameter.Name}'." : $"Parameter '{parameter.Name}'.";
}
