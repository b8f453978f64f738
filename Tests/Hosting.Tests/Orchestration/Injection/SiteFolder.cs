using Testing;

namespace Hosting.Tests.Orchestration.Injection;

/// <summary>A built site, as far as its files tell what it is.</summary>
internal sealed class SiteFolder : IDisposable
{
    public const string Web = """{"name":"Microsoft.NETCore.App","version":"10.0.0"},{"name":"Microsoft.AspNetCore.App","version":"10.0.0"}""";

    private readonly TempFolder _temp = new();

    public string Program => _temp.File("My.Shop.dll");

    /// <summary>The folder that the AppHost's build fills.</summary>
    public string Inject => _temp.File("inject");

    public string Hook => Path.Combine(Inject, "Stack.Inject.dll");

    public SiteFolder Runtime(string frameworks = Web, string more = "")
    {
        File.WriteAllText(_temp.File("My.Shop.runtimeconfig.json"), $$"""{ "runtimeOptions": { "tfm": "net10.0", "frameworks": [{{frameworks}}]{{more}} } }""");
        return this;
    }

    public SiteFolder Dependencies(string text = """{"libraries":{"My.Shop/1.0.0":{},"OpenTelemetry/1.9.0":{}}}""")
    {
        File.WriteAllText(_temp.File("My.Shop.deps.json"), text);
        return this;
    }

    public SiteFolder With(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_temp.File(file))!);
        File.WriteAllText(_temp.File(file), "");
        return this;
    }

    public void Dispose() => _temp.Dispose();
}
