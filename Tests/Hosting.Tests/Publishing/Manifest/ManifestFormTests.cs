using System.Text.Json.Nodes;

namespace Hosting.Tests.Publishing.Manifest;

/// <summary>The check of the form that the other tests rely on finds what is wrong.</summary>
public sealed class ManifestFormTests
{
    [Theory]
    [InlineData("""{ "resources": {}, "$schema": "x" }""", "The manifest has the fields resources, $schema.")]
    [InlineData("""{ "resources": { "a": {} } }""", "a has no type.")]
    [InlineData("""{ "resources": { "a": { "type": "project.v0" } } }""", "a has no path")]
    [InlineData("""{ "resources": { "a": { "type": "project.v0", "path": "x", "replicas": 3 } } }""", "a has the field replicas, which is not known")]
    [InlineData("""{ "resources": { "a": { "type": "project.v0", "path": 1 } } }""", "a path is no string")]
    [InlineData("""{ "resources": { "a": { "type": "project.v0", "path": "x", "args": ["x", 1] } } }""", "a args [1] is no string")]
    [InlineData("""{ "resources": { "a": { "type": "project.v0", "path": "x", "env": { "N": null } } } }""", "a env N is no string")]
    [InlineData("""{ "resources": { "a": { "type": "project.v0", "path": "x", "bindings": { "b": { "scheme": "http", "protocol": "tcp" } } } } }""", "a bindings b has no transport")]
    [InlineData("""{ "resources": { "a": { "type": "project.v0", "path": "x", "bindings": { "b": { "scheme": "u", "protocol": "udp", "transport": "udp" } } } } }""", "a bindings b transport is 'udp' and not one of http, http2, tcp")]
    [InlineData("""{ "resources": { "a": { "type": "container.v0", "image": "x", "build": {} } } }""", "a has the field build, which is not known")]
    [InlineData("""{ "resources": { "a": { "type": "container.v1" } } }""", "a has to have one of image and build")]
    [InlineData("""{ "resources": { "a": { "type": "container.v1", "image": "x", "build": { "context": ".", "dockerfile": "d" } } } }""", "a has to have one of image and build")]
    [InlineData("""{ "resources": { "a": { "type": "executable.v0", "workingDirectory": "x", "command": "y", "connectionString": "z" } } }""", "a has the field connectionString, which is not known")]
    [InlineData("""{ "resources": { "a": { "type": "container.v0", "image": "x", "volumes": [ { "target": "/x", "readOnly": false } ] } } }""", "a volumes [0] has no name")]
    [InlineData("""{ "resources": { "a": { "type": "parameter.v0", "value": "x", "inputs": { "value": { "type": "number" } } } } }""", "a inputs value type is 'number' and not one of string")]
    [InlineData("""{ "resources": { "a": { "type": "parameter.v0", "value": "x", "inputs": { "value": { "type": "string", "default": {} } } } } }""", "a inputs value default has to have one of value and generate")]
    [InlineData("""{ "resources": { "a": { "type": "value.v0" } } }""", "a has no connectionString")]
    [InlineData("""{ "resources": { "a": { "type": "annotated.string", "value": "x", "filter": "base64" } } }""", "a filter is 'base64' and not one of uri")]
    [InlineData("""{ "resources": { "a": { "type": "value.v0", "connectionString": "{b.value}" } } }""", "{b.value} in \"{b.value}\" leads nowhere")]
    [InlineData("""{ "resources": { "a": { "type": "project.v0", "path": "x", "args": ["{a.bindings.http.url}"] } } }""", "{a.bindings.http.url} in \"{a.bindings.http.url}\" leads nowhere")]
    public void Each_fault_is_named(string manifest, string fault)
        => ManifestForm.FaultsOf(JsonNode.Parse(manifest)!.AsObject()).ShouldBe([fault]);

    [Fact]
    public void Types_of_others_are_let_through()
        => ManifestForm.FaultsOf(JsonNode.Parse("""{ "resources": { "a": { "type": "mine.v0", "anything": 1 } } }""")!.AsObject()).ShouldBeEmpty();
}
