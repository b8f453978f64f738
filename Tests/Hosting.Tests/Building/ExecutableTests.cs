using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Building;

/// <summary>What the fluent methods of executables do to the model.</summary>
public sealed class ExecutableTests
{
    [Theory]
    [InlineData(".", "")]
    [InlineData("native", "native")]
    [InlineData("./native/../tools", "tools")]
    public void The_working_directory_starts_at_the_AppHosts_folder(string folder, string below)
    {
        var builder = Models.Empty();

        var tool = builder.AddExecutable("tool", "make", folder).Resource;

        tool.Command.ShouldBe("make");
        tool.WorkingDirectory.TrimEnd('/').ShouldBe(Path.Combine(builder.AppHostDirectory, below).TrimEnd('/'));
    }

    [Fact]
    public void Program_and_folder_can_be_changed()
    {
        var builder = Models.Empty();

        var tool = builder.AddExecutable("tool", "make", ".").WithCommand("./bin/tool").WithWorkingDirectory("native").Resource;

        tool.Command.ShouldBe("./bin/tool");
        tool.WorkingDirectory.ShouldBe(Path.Combine(builder.AppHostDirectory, "native"));
    }

    [Fact]
    public async Task Arguments_can_be_texts_or_values()
    {
        var builder = Models.Empty();
        var site = builder.AddSite();
        var port = site.GetEndpoint("http").Property(EndpointProperty.Port);

        (await Arguments(builder.AddExecutable("texts", "make", ".", "one", "two").WithArgs("three"))).ShouldBe(["one", "two", "three"]);
        (await Arguments(builder.AddExecutable("values", "make", ".", new object[] { "--port", port }))).ShouldBe(["--port", port]);
    }

    private static async Task<IList<object>> Arguments(IResourceBuilder<ExecutableResource> executable)
    {
        var context = new CommandLineArgsCallbackContext(new List<object>(), executable.Resource, TestContext.Current.CancellationToken);
        foreach (var callback in executable.Resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        return context.Args;
    }
}
