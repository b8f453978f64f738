using System.Reflection;
using Aspire.Hosting;

namespace Stack.Hosting.Nginx.Tests;

/// <summary>Compares what AppHosts can use with the approved list beside this file. UPDATE_GOLDEN=1 rewrites it.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_approved_one()
    {
        var file = Path.Combine(Sources.TestFolder, "PublicApi.approved.txt");
        var surface = string.Concat(typeof(NginxResourceBuilderExtensions).Assembly.GetExportedTypes()
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .SelectMany(Describe)
            .Select(line => $"{line}\n"));
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, surface);
        }

        surface.ShouldBe(File.ReadAllText(file));
    }

    private static IEnumerable<string> Describe(Type type)
    {
        var bases = new[] { type.BaseType }.Concat(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []))
            .Where(other => other is not null && other != typeof(object) && other != typeof(Enum) && !type.IsEnum).Select(other => other!.Name);
        yield return $"{type.FullName}{string.Concat(bases.Select((name, index) => $"{(index == 0 ? " : " : ", ")}{name}"))}";

        const BindingFlags own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<string> members = type.IsEnum
            ? Enum.GetNames(type)
            : type.GetConstructors(own).Select(constructor => $"new({Parameters(constructor)})")
                .Concat(type.GetProperties(own).Select(property => $"{property.PropertyType.Name} {property.Name}"))
                .Concat(type.GetMethods(own).Where(method => !method.IsSpecialName).Select(method => $"{method.Name}({Parameters(method)})"))
                .Order(StringComparer.Ordinal);
        foreach (var member in members)
        {
            yield return $"    {member}";
        }
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "")}"));

    private static string Name(Type type) =>
        type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
}
