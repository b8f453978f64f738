namespace Aspire.Hosting
{
    using Aspire.Hosting.ApplicationModel;
    using Microsoft.Extensions.Configuration;

    /// <summary>Where a project is. The build generates an implementation for each referenced project, in namespace <c>Projects</c>.</summary>
    public interface IProjectMetadata : IResourceAnnotation
    {
        /// <summary>Full path of the project file.</summary>
        string ProjectPath { get; }

        /// <summary>Launch settings to use in place of <c>Properties/launchSettings.json</c>; null: that file.</summary>
        LaunchSettings? LaunchSettings => null;

        /// <summary>True when the project is built already, with the AppHost.</summary>
        bool SuppressBuild => false;

        /// <summary>True for a program that is a single C# file, without a project.</summary>
        bool IsFileBasedApp => string.Equals(Path.GetExtension(ProjectPath), ".cs", StringComparison.OrdinalIgnoreCase);

        /// <summary>Settings to use in place of the project's appsettings files; null: those files.</summary>
        internal IConfiguration? Configuration => null;
    }

    /// <summary>A resource that others find by its name: a reference to it hands them its addresses.</summary>
    public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;
}

namespace Stack.Hosting.ApplicationModel
{
    /// <summary>What a project's build makes; the generated classes in namespace <c>Projects</c> implement it.</summary>
    public interface IProjectOutput
    {
        /// <summary>Full path of the built assembly.</summary>
        string TargetPath { get; }
    }
}
