using Stack.Dashboard.Settings;
using Stack.Dashboard.Web.Security;

namespace Stack.Dashboard.Web.Api;

/// <summary>Lets into the telemetry API who shows a key, or is signed in with a browser.</summary>
internal sealed class ApiAccess(DashboardOptions options) : IEndpointFilter
{
    public const string Header = "X-API-Key";
    private readonly KeyCheck _keys = new(options.Api.PrimaryApiKey, options.Api.SecondaryApiKey);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (!options.Api.Enabled)
        {
            return TypedResults.Problem("The telemetry API is switched off; 'Dashboard:Api:Enabled' is false.", statusCode: StatusCodes.Status404NotFound);
        }

        return ShowsKey(context.HttpContext) || context.HttpContext.User.Identity?.IsAuthenticated == true
            ? await next(context)
            : TypedResults.Problem($"The header '{Header}' is missing or wrong.", statusCode: StatusCodes.Status401Unauthorized);
    }

    /// <summary>For what is more than reading: a key, or a browser that is signed in as operator.</summary>
    public async ValueTask<object?> RefuseReadersAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return ShowsKey(http) || http.RequestServices.GetRequiredService<BrowserSignIn>().IsOperator(http)
            ? await next(context)
            : TypedResults.Problem($"Your token only reads. Use the operator's token, or the header '{Header}'.", statusCode: StatusCodes.Status403Forbidden);
    }

    private bool ShowsKey(HttpContext http) => options.Api.AuthMode == KeyAuthMode.Unsecured || _keys.Accepts(http.Request.Headers[Header]);
}
