using System.Reflection;

namespace Testing;

/// <summary>Lists what a library offers to its users, one line for each type and member, in a fixed order.</summary>
public static class PublicApi
{
    /// <summary>Compares the list with an approved file, and rewrites the file when UPDATE_GOLDEN=1 asks for it.</summary>
    public static void ShouldBeApproved(Assembly assembly, string file)
    {
        var surface = Describe(assembly);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, surface);
        }

        var approved = File.Exists(file) ? File.ReadAllLines(file) : [];
        var lines = surface.Split('\n')[..^1];
        var added = lines.Except(approved, StringComparer.Ordinal).ToList();
        var removed = approved.Except(lines, StringComparer.Ordinal).ToList();
        if (added.Count + removed.Count > 0 || !lines.SequenceEqual(approved, StringComparer.Ordinal))
        {
            throw new InvalidOperationException(
                $"The public surface of {assembly.GetName().Name} is not the approved one. New: {string.Join("; ", added)}. Gone: {string.Join("; ", removed)}. If that is meant, run the test with UPDATE_GOLDEN=1 and commit '{Path.GetFileName(file)}'.");
        }
    }

    /// <summary>The list.</summary>
    public static string Describe(Assembly assembly) => string.Concat(assembly.GetExportedTypes()
        .OrderBy(type => type.FullName, StringComparer.Ordinal)
        .SelectMany(Describe)
        .Select(line => $"{line}\n"));

    private static IEnumerable<string> Describe(Type type)
    {
        var bases = new[] { type.BaseType }.Concat(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []))
            .Where(other => other is not null && other != typeof(object) && other != typeof(Enum) && !type.IsEnum).Select(other => Name(other!));
        yield return $"{type.FullName}{string.Concat(bases.Order(StringComparer.Ordinal).Select((name, index) => $"{(index == 0 ? " : " : ", ")}{name}"))}";

        const BindingFlags own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<string> members = type.IsEnum
            ? Enum.GetNames(type)
            : type.GetConstructors(own).Select(constructor => $"new({Parameters(constructor)})")
                .Concat(type.GetProperties(own).Select(property => $"{Name(property.PropertyType)} {property.Name}"))
                .Concat(type.GetFields(own).Select(field => $"{Name(field.FieldType)} {field.Name}"))
                .Concat(type.GetMethods(own).Where(method => !method.IsSpecialName && !method.Name.Contains('<', StringComparison.Ordinal)).Select(method => $"{method.Name}({Parameters(method)})"))
                .Order(StringComparer.Ordinal);
        foreach (var member in members)
        {
            yield return $"    {member}";
        }
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "")}"));

    private static string Name(Type type) =>
        type.IsGenericType && type.Name.Contains('`', StringComparison.Ordinal)
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
}
