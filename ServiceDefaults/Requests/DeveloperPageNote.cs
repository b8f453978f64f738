using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Stack.ServiceDefaults.Requests;

/// <summary>Tells the observed request which exception the developer's page shows in its place.</summary>
internal sealed class DeveloperPageNote : IDeveloperPageExceptionFilter
{
    public Task HandleExceptionAsync(ErrorContext errorContext, Func<ErrorContext, Task> next)
    {
        (errorContext.HttpContext.Features.Get<IEndpointFeature>() as ObservedRequest)?.NoteShown(errorContext.Exception);
        return next(errorContext);
    }
}
