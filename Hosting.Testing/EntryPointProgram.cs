using System.Reflection;

namespace Aspire.Hosting.Testing;

/// <summary>The program of an AppHost.</summary>
internal sealed record EntryPointProgram(string Name, Action<string[]> Main)
{
    /// <exception cref="InvalidOperationException">The assembly is a library.</exception>
    public static EntryPointProgram Of(Assembly assembly)
    {
        var name = assembly.GetName().Name!;
        return assembly.EntryPoint is { } main
            ? new EntryPointProgram(name, args => Call(main, args))
            : throw new InvalidOperationException($"The assembly '{name}' has no program to run. Give a type of the AppHost's own assembly.");
    }

    private static void Call(MethodInfo main, string[] args)
    {
        // No wrapper around what the program throws: it is for the test to see.
        var result = main.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, main.GetParameters().Length == 0 ? null : [args], culture: null);
        (result as Task)?.GetAwaiter().GetResult();
    }
}
