using Microsoft.AspNetCore.Http;

namespace Stack.ServiceDefaults.Requests;

/// <summary>Names the replica in a header of each answer, where <c>Stack:InstanceHeader</c> asks for it: not everybody wants to show it.</summary>
internal sealed class InstanceHeader(RequestDelegate next, InstanceIdentity identity)
{
    public const string Setting = "Stack:InstanceHeader";
    public const string Name = "X-Stack-Instance";

    public Task InvokeAsync(HttpContext context)
    {
        // At the last moment: an error page clears the headers that were set before.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[Name] = identity.Name;
            return Task.CompletedTask;
        });
        return next(context);
    }
}
