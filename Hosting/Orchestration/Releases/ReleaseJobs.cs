using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Releases;

/// <summary>Finds the jobs of a site: what it waits for to complete, is made of the same project and serves nobody, as the step that prepares its database. A new version of the site brings a new version of them. Pure.</summary>
internal static class ReleaseJobs
{
    /// <returns>In the order in which they have to run: a job may wait for another one. Those that are started by hand are their user's.</returns>
    public static IReadOnlyList<ReleaseJob> Of(IResource site)
    {
        List<ReleaseJob> jobs = [];
        if (ProjectOf(site) is { } project)
        {
            Collect(site, project, jobs);
        }

        return jobs;
    }

    private static void Collect(IResource resource, string project, List<ReleaseJob> jobs)
    {
        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>().Where(w => w.WaitType == WaitType.WaitForCompletion && IsJob(w.Resource, project) && !jobs.Exists(j => j.Resource == w.Resource)))
        {
            Collect(wait.Resource, project, jobs);
            jobs.Add(new ReleaseJob(wait.Resource, wait.ExitCode));
        }
    }

    private static bool IsJob(IResource resource, string project)
        => ProjectOf(resource) == project && !resource.HasAnnotationOfType<EndpointAnnotation>() && !resource.HasAnnotationOfType<ExplicitStartupAnnotation>();

    private static string? ProjectOf(IResource resource) => resource.TryGetLastAnnotation<IProjectMetadata>(out var project) ? project.ProjectPath : null;
}

/// <summary>A job that a site waits for.</summary>
/// <param name="Resource">The job.</param>
/// <param name="ExitCode">What it ends with when it has done its work.</param>
internal sealed record ReleaseJob(IResource Resource, int ExitCode);
