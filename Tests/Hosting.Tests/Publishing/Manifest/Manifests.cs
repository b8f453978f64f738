using System.Text;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.Publishing.Manifest;

namespace Hosting.Tests.Publishing.Manifest;

/// <summary>Writes the manifests of small models, and checks the form of each.</summary>
internal static class Manifests
{
    public static IDistributedApplicationBuilder Builder(params string[] args) => Models.Empty(["--publisher", "manifest", .. args]);

    public static async Task<WrittenManifest> WriteAsync(IDistributedApplicationBuilder builder, string? file = null)
    {
        await using var app = builder.Build();
        var model = app.Services.GetRequiredService<DistributedApplicationModel>();
        await builder.Eventing.PublishAsync(new BeforeStartEvent(app.Services, model), TestContext.Current.CancellationToken);
        var (text, sidecar, warnings) = await ManifestStep.RenderAsync(
            builder.ExecutionContext, model, builder.Configuration, file ?? Path.Combine(builder.AppHostDirectory, "aspire-manifest.json"), TestContext.Current.CancellationToken);
        var manifest = new WrittenManifest(Encoding.UTF8.GetString(text), sidecar is null ? null : Encoding.UTF8.GetString(sidecar), warnings);
        ManifestForm.FaultsOf(manifest.Root).ShouldBeEmpty();
        return manifest;
    }

    /// <summary>The manifest of one resource: its object.</summary>
    public static async Task<JsonObject> WriteAsync<T>(IResourceBuilder<T> resource)
        where T : IResource
        => (await WriteAsync(resource.ApplicationBuilder))[resource.Resource.Name];

    public static string[] Fields(this JsonNode? value) => [.. ((JsonObject)value!).Select(p => p.Key)];

    public static string[] Texts(this JsonNode? value) => [.. ((JsonArray)value!).Select(v => v!.GetValue<string>())];
}

/// <summary>A manifest that was written, and what was said about it.</summary>
internal sealed record WrittenManifest(string Text, string? Sidecar, IReadOnlyList<string> Warnings)
{
    public JsonObject Root { get; } = JsonNode.Parse(Text)!.AsObject();

    public JsonObject Resources => Root["resources"]!.AsObject();

    public JsonObject this[string name] => Resources[name]!.AsObject();
}
