using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Building;

/// <summary>What is done to every model before it starts, in run and in publish mode.</summary>
internal static class BuiltInHandlers
{
    public static Task BeforeStartAsync(BeforeStartEvent started, CancellationToken cancellationToken)
    {
        var publishes = started.Services.GetRequiredService<DistributedApplicationExecutionContext>().IsPublishMode;
        foreach (var resource in started.Model.Resources)
        {
            if (publishes && resource.HasAnnotationOfType<SequentialPortsAnnotation>())
            {
                // Declares the endpoint if it is missing; in run mode the plan does it.
                SequentialEndpoints.Of(resource);
            }

            if (publishes && resource is ProjectResource project)
            {
                NoDefaultsWhenPublished.Note(project);
            }

            if (resource.HasAnnotationOfType<Http2ServiceAnnotation>())
            {
                foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.IsHttpLike))
                {
                    endpoint.Transport = "http2";
                }
            }
        }

        return Task.CompletedTask;
    }
}
